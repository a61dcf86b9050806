"""Which trials a study asks for, and which of them failed."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from segaug.results.keys import TRIAL_KEY
from segaug.results.store import Json, Store

if TYPE_CHECKING:
    import pandas as pd


def planned_trials(store: Store) -> "pd.DataFrame":
    """One row a planned trial: `TRIAL_KEY`, and `failed`: it has left a failure and no record."""
    return planned(store.plan()["trials"], store.failures())


def planned(trials: Iterable[Json], failures: Iterable[Json]) -> "pd.DataFrame":
    """The same of a plan's trials and of failures that are at hand."""
    import pandas as pd

    table = pd.DataFrame(trials, columns=list(TRIAL_KEY))
    return table.assign(failed=table["id"].isin({failure["id"] for failure in failures}))
