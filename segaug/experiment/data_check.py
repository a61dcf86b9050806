"""What `segaug data check` finds out about the data set of a config."""

import dataclasses

from segaug.data.integrity import check
from segaug.experiment.compose import compose
from segaug.results.store import Json


def data_check(overrides: list[str]) -> Json:
    """{"dataset", "sizes"...} as plain values: `segaug.data.integrity.Report` with the data set's name."""
    trial = compose(overrides)
    return {"dataset": trial.task} | dataclasses.asdict(check(trial.config.dataset))
