"""What `segaug data check` finds out about the data set of a config."""

import dataclasses

from segaug.data.integrity import check
from segaug.experiment.config.compose import compose
from segaug.results.store import Json


def data_check(overrides: list[str]) -> Json:
    """The `Report` of `segaug.data.integrity` as plain values, with the name of the data set under "dataset"."""
    trial = compose(overrides)
    return {"dataset": trial.task} | dataclasses.asdict(check(trial.config.dataset))
