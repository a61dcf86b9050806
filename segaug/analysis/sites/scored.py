"""What the trials of a study score on each test set, read once a site and measure."""

from collections.abc import Mapping
from functools import cached_property

import pandas as pd

from segaug.analysis.metric import Metric
from segaug.analysis.sites.scored_on import ScoredOn
from segaug.analysis.sites.site_source import SiteSource
from segaug.analysis.trials.curve_trials import CurveTrials, curves
from segaug.analysis.trials.measured import measured
from segaug.analysis.trials.table import study_trials
from segaug.measures import quantity
from segaug.results.by_site import plain_task, scored_sites, trained_site, unseen
from segaug.results.case_errors import Cases
from segaug.results.pooled import added_images
from segaug.results.snapshot import Snapshot
from segaug.ways import PLAIN

Curve = tuple[str, str]  # model and strategy


class Scored:
    """Of one study, by the plain way of predicting."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._tables: dict[str, pd.DataFrame] = {}
        self._sources: dict[str, SiteSource] = {}
        self._cases: dict[tuple[str, str], Cases] = {}
        self._scored_on_at: dict[tuple[str, str], ScoredOn] = {}

    @cached_property
    def trials(self) -> pd.DataFrame:
        """Those of several sources."""
        table = study_trials(self.snapshot)
        return table[(table["sources"] != "") & (table["way"] == PLAIN)]

    @cached_property
    def outside_sites(self) -> list[str]:
        """Sites with a test set, and no image that some task of theirs was trained on; by name."""
        return [site for site in self._sites if self.tasks_outside(site)]

    def tasks_outside(self, site: str) -> Mapping[str, str]:
        """Task that was scored on the site and has seen none of its images -> where it was trained; by name."""
        found = {}
        for task, rows in self.trials.groupby("task"):
            sources = rows["sources"].tolist()
            if all(unseen(text, site) for text in sources) and self._has(str(task), site):
                found[str(task)] = trained_site(str(task), sources[0])
        return found

    def source(self, site: str) -> SiteSource:
        """Its trials."""
        if site not in self._sources:
            self._sources[site] = SiteSource(self.snapshot, site)
        return self._sources[site]

    def table(self, site: str) -> pd.DataFrame:
        """Trials as the test set of the site has them."""
        if site not in self._tables:
            self._tables[site] = study_trials(self.source(site))
        table = self._tables[site]
        return table[table["way"] == PLAIN]

    def curves(self, site: str, task: str, metric: Metric | None) -> dict[Curve, CurveTrials]:
        """Of one task on the test set of a site, those that have measured the metric."""
        return {(curve.key.model, curve.key.strategy): curve for curve in curves(self.errors(site, task, metric))}

    def errors(self, site: str, task: str, metric: Metric | None) -> pd.DataFrame:
        """The trials of one task with their errors on the test set of a site."""
        table = self.table(site)
        return measured(table[table["task"].map(plain_task) == task], metric)

    def cases(self, site: str, metric: Metric | None) -> Cases:
        """Errors of single images of the site, by trial."""
        key = quantity(metric).key if metric else ""
        if (site, key) not in self._cases:
            self._cases[site, key] = self.source(site).cases(key) if key else {}
        return self._cases[site, key]

    def trained_there(
        self, site: str, model: str, strategy: str, metric: Metric | None, outside: pd.DataFrame
    ) -> CurveTrials | None:
        """The curve of networks that were trained at a site alone, on its own test set; None where there is none alike.

        outside: the trials that it stands beside: the same test set, see `ScoredOn.alike`, and the same protocol.
        """
        table = self.table(site)
        alone = [
            trained_site(task, sources) == site and not added_images(sources) and plain_task(task) == task
            for task, sources in zip(table["task"], table["sources"], strict=True)
        ]
        protocol = outside["protocol_hash"].iloc[0]  # one a curve
        own = table[pd.Series(alone, index=table.index) & (table["protocol_hash"] == protocol)]
        for task, rows in own.groupby("task"):
            curve = self.curves(site, str(task), metric).get((model, strategy))
            if curve is not None and self._scored_on(site, rows).alike(self._scored_on(site, outside)):
                return curve
        return None

    def _scored_on(self, site: str, rows: pd.DataFrame) -> ScoredOn:
        """Of the trials of one task: as the first that has a result there was scored on it."""
        first = str(rows["id"].iloc[int(rows["test_cases"].to_numpy().argmax())])
        if (site, first) not in self._scored_on_at:
            self._scored_on_at[site, first] = ScoredOn.of_record(self.source(site).record(first), site)
        return self._scored_on_at[site, first]

    @cached_property
    def _sites(self) -> list[str]:
        rows = zip(self.trials["task"], self.trials["sources"], strict=True)
        return sorted({site for row in rows for site in scored_sites(*row)})

    def _has(self, task: str, site: str) -> bool:
        """Is there a result of the task on the test set of the site?"""
        table = self.table(site)
        return bool(((table["task"].map(plain_task) == task) & (table["status"] == "ok")).any())
