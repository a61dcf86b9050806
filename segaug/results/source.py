"""Where finished trials can be read from: a study's folder, or its mirror."""

from typing import Protocol

import pandas as pd

from segaug.results.case_errors import CaseErrors


class TrialSource(Protocol):
    """Finished trials, the same wherever they are read from."""

    def trials(self) -> pd.DataFrame:
        """One row a trial, by id; columns: as `trial_row` makes them, in the order of `in_order`."""

    def cases(self, key: str) -> dict[str, CaseErrors]:
        """The measure of this key on each test case, by trial id, of the trials that have it."""
