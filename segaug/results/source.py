"""Where finished trials can be read from: a study's folder, or its mirror."""

from typing import Protocol

import pandas as pd

from segaug.results.case_errors import CaseErrors, Measure


class TrialSource(Protocol):
    """Finished trials, the same wherever they are read from."""

    def trials(self) -> pd.DataFrame:
        """One row a trial, by id; columns: those of `trial_row.COLUMNS`."""

    def cases(self, measure: Measure) -> dict[str, CaseErrors]:
        """One measure of each test case, by trial id, of the trials that have it."""
