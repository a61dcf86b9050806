"""Trials of a curve that collapsed, by the rule of `results/collapse.py`, and what follows: no claim beyond the data.

They have converged and stay in means and laws, which then tell how often networks collapse as much as what data are
worth: once they find something, the curve bends, which no check on the measured sizes can foresee.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from segaug.analysis.trials.curve_trials import CurveTrials
from segaug.results.collapse import COUNTS, Collapse, Kind, collapses, words

NO_COLLAPSE = "trials of which none collapsed"  # a condition of claims beyond the data
_TOTALS = ("test_cases", "structures", "both_empty", "one_empty")


class CollapsedTrial(NamedTuple):
    """One structure of one trial."""

    size: int
    seed: int
    seen: Collapse


def collapsed_trials(curve: CurveTrials) -> list[CollapsedTrial]:
    """Those of the structure that the curve's metric is about, or of any, by size and seed.

    A record that counts all structures together says nothing of a single one, a table from elsewhere nothing at all.
    """
    asked = curve.quantity.structure if curve.quantity else ""
    trials = [CollapsedTrial(size, seed, collapse) for size, seed, row in _rows(curve) for collapse in collapses(row)]
    return sorted((trial for trial in trials if asked in ("", trial.seen.structure)), key=lambda trial: trial[:2])


def failed_by_collapse(curve: CurveTrials) -> tuple[str, ...]:
    """Conditions of claims beyond the data that the trials of a curve do not meet."""
    return (NO_COLLAPSE,) if collapsed_trials(curve) else ()


def collapse_notes(curve: CurveTrials) -> Iterator[str]:
    """One sentence a structure and kind of collapse."""
    groups: dict[tuple[str, Kind], list[CollapsedTrial]] = defaultdict(list)
    for trial in collapsed_trials(curve):
        groups[trial.seen.structure, trial.seen.kind].append(trial)
    for (structure, kind), trials in groups.items():
        counts, of = (_range([getattr(trial.seen, name) for trial in trials]) for name in ("count", "of"))
        yield f"collapsed: {_where(curve, trials)}: {words(kind, structure, counts, of)}"


def _rows(curve: CurveTrials) -> Iterator[tuple[int, int, dict[str, float]]]:
    """Size, seed and counts of each converged trial."""
    if "test_cases" not in curve.table:
        return
    rows: pd.DataFrame = curve.table[curve.table["status"] == "ok"]
    names = [name for name in map(str, rows) if name in _TOTALS or name.partition("/")[0] in COUNTS]
    for size, seed, row in zip(rows["size"], rows["seed"], rows[names].to_dict("records"), strict=True):
        yield int(size), int(seed), {str(name): float(value) for name, value in row.items()}


def _where(curve: CurveTrials, trials: list[CollapsedTrial]) -> str:
    counts = dict(zip(curve.sizes.astype(int).tolist(), curve.count("ok").tolist(), strict=True))
    at = [trial.size for trial in trials]
    return ", ".join(f"{at.count(size)} of {counts[size]} trials at N={size}" for size in sorted(set(at)))


def _range(values: list[int]) -> str:
    low, high = min(values), max(values)
    return f"{low}" if low == high else f"{low} to {high}"
