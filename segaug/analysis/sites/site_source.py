"""The finished trials of a study with the test set of one site in the place of their own, as `TrialSource` has them."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from segaug.analysis.trials.table import study_trials
from segaug.errors import ConfigError
from segaug.results.by_site import at_site, own_site, row_at, scored_sites, task_at
from segaug.results.case_errors import CaseErrors, cases_of_records
from segaug.results.snapshot import Snapshot
from segaug.results.store import Store
from segaug.results.trial_row import Record, in_order, trial_row
from segaug.ways import PLAIN, plain_row


class SiteSource:
    """Trials that were scored on a site: those whose own test set it is as they are, the others by `at_site`.

    Whether one diverged is told by its own test set: a network that converged may well be useless elsewhere.  Of the
    others the records themselves are read, one after the other.  Raises ConfigError where no trial was scored there.
    """

    def __init__(self, snapshot: Snapshot, site: str) -> None:
        self.snapshot, self.site = snapshot, site
        table = study_trials(snapshot)
        own = _own(table) == site
        others = table[~own & (table["way"] == PLAIN) & np.array([site in sites for sites in _scored(table)])]
        if not own.any() and others.empty:
            known = ", ".join(study_sites(table))
            raise ConfigError(key="--site", problem=f"no trial was scored on {site!r}", fix=f"choose from: {known}")
        self._own, self._own_tasks = set(table.loc[own, "id"]), set(table.loc[own, "task"])
        self._other_tasks = set(others["task"])
        self._status = dict(zip(others["id"], others["status"], strict=True))
        self._plain = {row_at(trial, site): trial for trial in self._status}

    def trials(self) -> pd.DataFrame:
        """One row a trial, by id; trials of other sites and their tasks are called `ID@SITE` and `TASK, at SITE`."""
        table = self.snapshot.trials()
        own = table[table["id"].isin(self._own)].reset_index(drop=True)
        rows = [trial_row(record) for record in self._others()]
        if not rows:
            return own
        found = pd.concat([own, pd.DataFrame(rows)], ignore_index=True) if len(own) else pd.DataFrame(rows)
        return found[in_order(map(str, found))].sort_values("id", ignore_index=True)

    def cases(self, key: str) -> dict[str, CaseErrors]:
        """The measure of this key on each test case of the site, by these ids."""
        found = self.snapshot.cases(key) if self._own else {}
        own = {trial: errors for trial, errors in found.items() if trial in self._own}
        return own | cases_of_records(self._others(), key)

    def record(self, trial: str) -> Record:
        """Of a trial by the name that it has here, as if this test set were its own."""
        store = Store(self.snapshot.folder)
        return at_site(store.record(self._plain[trial]), self.site) if trial in self._plain else store.record(trial)

    def planned(self, planned: pd.DataFrame) -> pd.DataFrame:
        """Of `results.planned` the trials of tasks that any trial has scored here, by the names that they have here."""
        own = planned[planned["task"].isin(self._own_tasks)]
        plain = np.array([plain_row(trial)[1] == PLAIN for trial in planned["id"]], dtype=bool)
        others = planned[planned["task"].isin(self._other_tasks) & plain]
        if others.empty:
            return own.reset_index(drop=True)
        names = {
            "id": [row_at(trial, self.site) for trial in others["id"]],
            "task": [task_at(task, self.site) for task in others["task"]],
        }
        return pd.concat([own, others.assign(**names)], ignore_index=True)

    def _others(self) -> Iterator[Record]:
        """Records of other sites, made into those of this one."""
        store = Store(self.snapshot.folder)
        for trial, status in self._status.items():
            made = at_site(store.record(trial), self.site)
            yield made if status == "ok" else {**made, "status": status}


def study_sites(table: pd.DataFrame) -> list[str]:
    """Whose test sets any trial of a table was scored on, by name."""
    return sorted({site for sites in _scored(table) for site in sites})


def _scored(table: pd.DataFrame) -> list[list[str]]:
    return [scored_sites(*row) for row in zip(table["task"], table["sources"], strict=True)]


def _own(table: pd.DataFrame) -> pd.Series:
    sites = [own_site(*row) for row in zip(table["task"], table["sources"], strict=True)]
    return pd.Series(sites, index=table.index)
