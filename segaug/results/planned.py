"""Which trials a study asks for, and which of them failed."""

from typing import TYPE_CHECKING

from segaug.results.store import Store

if TYPE_CHECKING:
    import pandas as pd

KEYS = ("id", "task", "model", "strategy", "size", "seed")


def planned_trials(store: Store) -> "pd.DataFrame":
    """One row a planned trial: `KEYS`, and `failed`: it has left a failure and no record."""
    import pandas as pd

    found = pd.DataFrame(store.plan()["trials"], columns=list(KEYS))
    failed = {failure["id"] for failure in store.failures()}
    return found.assign(failed=found["id"].isin(failed))
