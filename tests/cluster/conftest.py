"""Tiny trials, as the tests of experiments have them."""

from tests.experiment.conftest import tiny

__all__ = ["tiny"]
