"""Which trials a study asks for, and which of them failed."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from segaug.results.keys import TRIAL_KEY
from segaug.results.store import Json, Store
from segaug.ways import PLAIN, plain_row, row_by, strategy_by

PREDICT = "predict"  # of a planned trial: its ways, where there are more than the plain one

if TYPE_CHECKING:
    import pandas as pd


def planned_trials(store: Store) -> "pd.DataFrame":
    """One row a planned trial and way of predicting: `TRIAL_KEY`, and `failed`: it has left a failure and no record."""
    return planned(store.plan()["trials"], store.failures())


def planned(trials: Iterable[Json], failures: Iterable[Json]) -> "pd.DataFrame":
    """The same of a plan's trials and of failures that are at hand."""
    import pandas as pd

    table = pd.DataFrame(list(planned_rows(trials)), columns=list(TRIAL_KEY))
    failed = {failure["id"] for failure in failures}
    return table.assign(failed=[plain_row(row)[0] in failed for row in table["id"]])


def planned_rows(trials: Iterable[Json]) -> Iterator[Json]:
    """Of each planned trial one for each way of predicting, named as the rows of its record will be."""
    for trial in trials:
        for way in trial.get(PREDICT, (PLAIN,)):
            yield {**trial, "id": row_by(trial["id"], way), "strategy": strategy_by(trial["strategy"], way)}
