"""One thread for numpy and torch, as in `segaug train`: set before either is imported."""

import os

from segaug.experiment.workers import SINGLE_THREAD

os.environ.update(SINGLE_THREAD)
