"""Which trials a study asks for, and which of them failed."""

import pandas as pd

from segaug.results.store import Store

KEYS = ("id", "task", "model", "strategy", "size", "seed")


def planned_trials(store: Store) -> pd.DataFrame:
    """One row a planned trial: `KEYS`, and `failed`: it has left a failure and no record."""
    found = pd.DataFrame(store.plan()["trials"], columns=list(KEYS))
    failed = {failure["id"] for failure in store.failures()}
    return found.assign(failed=found["id"].isin(failed))
