"""The trials of one base set to which images of other sets were added, on one grid of seeds and added images.

A record that says of its training images which sources they come from belongs to an addition curve: base, added sets,
N, model, strategy and sampling name it, and k, the images that were added, is where on it the trial lies.  Trials of
the base alone, with N' images, stand beside it at k = N' - N.

Shapes: S seeds, m numbers of images beyond N, K test cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
import pandas as pd

from segaug.analysis.comparison.shared_grid import PlacedCurve, place
from segaug.analysis.law.power_law import Array
from segaug.analysis.trials.curve_trials import CurveTrials, curves
from segaug.errors import DataError
from segaug.results.case_errors import Cases
from segaug.results.pooled import Role, SourceShare, sources_of

Sampling = Literal["proportional", "balanced"]
SAMPLINGS: tuple[Sampling, ...] = get_args(Sampling)
_BASE_ALONE = "alone"


class FamilyKey(NamedTuple):
    """What is told of one base, added sets, N, model and strategy."""

    base: str
    added: tuple[str, ...]
    size: int  # N, training images of the base; 0 where a table does not tell
    model: str
    strategy: str  # without the sampling, where a sweep has named it after that

    @property
    def sources(self) -> str:
        """The base and what is added to it."""
        return " + ".join((self.base, *self.added))

    def __str__(self) -> str:
        size = f"N = {self.size}" if self.size else ""  # a table from elsewhere does not tell it
        return ", ".join(filter(None, (self.sources, size, self.model, self.strategy)))


@dataclass(frozen=True, eq=False)
class Family:
    """All on one grid, with draws of seeds and test cases that all of them share."""

    key: FamilyKey
    columns: Array  # (m,) images beyond N: added ones, or of the base itself
    pooled: dict[Sampling, PlacedCurve]
    base: PlacedCurve | None  # trials of the base alone by the same protocol; None where there are none to be used
    presentations: dict[Sampling, dict[int, float]]  # k -> rows of batches that showed an image of the base, mean
    amounts: dict[int, tuple[int, ...]]  # k -> images of each added source
    unused_base: str = ""  # why trials of the base alone are left out


def families(table: pd.DataFrame, cases: Cases, resamples: int) -> list[Family]:
    """Every family of a table of trials with errors of its own, from `measured`.

    cases: errors of single test cases, by trial, where there are any.
    Raises DataError where trials of a curve cannot be compared with each other, or no record tells of several sources.
    """
    rows = table[table["sources"] != ""]
    if rows.empty:
        raise DataError(
            file="study",
            problem="has no trial that was trained on images of several sources",
            fix="train some, as in `segaug train -m dataset=pooled dataset.base=NAME 'dataset.added=[NAME]' "
            "dataset.k=0,4,16`",
        )
    keys, rows = _keys(rows), _with_k(rows)
    alone = table[table["sources"] == ""]
    alone = alone.assign(arm=alone["strategy"].map(without_sampling), root=alone["task"].map(without_options))
    found = [_family(key, rows[[own == key for own in keys]], alone, cases, resamples) for key in sorted({*keys})]
    return [family for family in found if family is not None]


def without_sampling(strategy: str) -> str:
    """`baseline` of `baseline [sampling=balanced]`: the samplings of a strategy are arms of one family."""
    kind, _, words = strategy.partition(" [")
    others = [word for word in words.removesuffix("]").split(", ") if word and not word.startswith("sampling=")]
    return f"{kind} [{', '.join(others)}]" if others else kind


def without_options(task: str) -> str:
    """`wbc_tecom_cell` of `wbc_tecom_cell(colour=True)`: the config that a task was made from."""
    return task.partition("(")[0]


def _tested_on(task: str) -> str:
    """`, tested on NAME`, where that is another source than the base: no trial of the base alone is like it."""
    _, mark, name = task.rpartition(", tested on ")
    return mark + name if mark else ""


def _keys(rows: pd.DataFrame) -> list[FamilyKey]:
    """Of each trial."""
    shares = map(sources_of, rows["sources"])
    sources = [
        (_of_role(own, "base")[0].name + _tested_on(task), tuple(source.name for source in _of_role(own, "added")))
        for own, task in zip(shares, rows["task"], strict=True)
    ]
    others = zip(rows["size"].tolist(), rows["model"], rows["strategy"].map(without_sampling), strict=True)
    return [FamilyKey(*own, *other) for own, other in zip(sources, others, strict=True)]


def _with_k(rows: pd.DataFrame) -> pd.DataFrame:
    """With the images added in all, `k`, as "4+8" of each source, `counts`, and how often the base was `shown`."""
    shares = [sources_of(text) for text in rows["sources"]]
    counts = [[source.training for source in _of_role(own, "added")] for own in shares]
    return rows.assign(
        k=list(map(sum, counts)),
        counts=["+".join(map(str, own)) for own in counts],
        shown=[_of_role(own, "base")[0].presentations for own in shares],
    )


def _of_role(sources: Sequence[SourceShare], role: Role) -> list[SourceShare]:
    return [source for source in sources if source.role == role]


def _family(key: FamilyKey, rows: pd.DataFrame, alone: pd.DataFrame, cases: Cases, resamples: int) -> Family | None:
    """None where no trial of it has measured the metric."""
    _refuse_ambiguous(key, rows)
    by_sampling = {name: rows[rows["sampling"] == name] for name in SAMPLINGS}
    present = {name: own for name, own in by_sampling.items() if len(own)}
    for own in present.values():
        _refuse_mixed(key, own)
    found = {name: _curve(key, own.assign(size=own["k"]), name) for name, own in present.items()}
    kept = {name: curve for name, curve in found.items() if curve is not None}
    if not kept:
        return None
    own_base, why = _base_alone(key, rows, alone, kept, cases)
    columns, placed = place([*kept.values(), *([own_base] if own_base else [])], cases, resamples)
    return Family(
        key,
        columns,
        dict(zip(kept, placed, strict=False)),
        placed[-1] if own_base else None,
        {name: _mean_shown(own) for name, own in present.items()},
        {k: tuple(map(int, counts.split("+"))) for k, counts in zip(rows["k"].tolist(), rows["counts"], strict=True)},
        why,
    )


def _mean_shown(rows: pd.DataFrame) -> dict[int, float]:
    means = rows.groupby("k")["shown"].mean()
    return dict(zip(means.index.tolist(), means.tolist(), strict=True))


def _curve(key: FamilyKey, rows: pd.DataFrame, arm: str) -> CurveTrials | None:
    """The trials as a curve over its column `size`; None where none has measured the metric."""
    named = rows.assign(task=f"{key.sources}, N = {key.size}", strategy=f"{key.strategy}, {arm}")
    return next(iter(curves(named)), None)


def _base_alone(
    key: FamilyKey, rows: pd.DataFrame, alone: pd.DataFrame, pooled: dict[Sampling, CurveTrials], cases: Cases
) -> tuple[CurveTrials | None, str]:
    """The trials of the base alone, over k = N' - N; or why those that there are cannot stand beside the curve.

    A data set whose options were changed is another task; the one that is meant gives at N what k = 0 gives.
    """
    own = alone[(alone["root"] == key.base) & (alone["model"] == key.model) & (alone["arm"] == key.strategy)]
    if own.empty:
        return None, ""
    refusals = []
    for (task, _), candidate in own.groupby(["task", "strategy"]):
        curve = _curve(key, candidate.assign(size=candidate["size"] - key.size), _BASE_ALONE)
        if curve is None:
            continue
        if why := _unlike(rows, candidate, pooled, curve, cases):
            refusals.append(f"{task}: {why}")
        else:
            return curve, ""
    return None, "; ".join(sorted(set(refusals)))


def _unlike(
    rows: pd.DataFrame, alone: pd.DataFrame, pooled: dict[Sampling, CurveTrials], curve: CurveTrials, cases: Cases
) -> str:
    """Why trials of the base alone are not those of the base in the curve; "" where they are, as far as it shows."""
    by_protocol = set(rows.loc[rows["sampling"] == SAMPLINGS[0], "protocol_hash"])  # alone nothing is sampled otherwise
    if by_protocol and not by_protocol & set(alone["protocol_hash"]):
        return "trained by another protocol"
    first = next(iter(pooled.values()))
    tested = [{cases[trial].cases for trial in own.table["id"] if trial in cases} for own in (first, curve)]
    if all(tested) and tested[0] != tested[1]:
        return "tested on other cases"
    both = _at_zero(first).merge(_at_zero(curve), on="seed", suffixes=("", "_alone"))
    if len(both) and not np.allclose(both["error"], both["error_alone"], rtol=1e-6, atol=0):
        return "at N its trials are not those of k = 0: other options of the data set, or another code"
    return ""


def _at_zero(curve: CurveTrials) -> pd.DataFrame:
    table = curve.table
    return table.loc[(table["size"] == 0) & (table["status"] == "ok"), ["seed", "error"]]


def _refuse_ambiguous(key: FamilyKey, rows: pd.DataFrame) -> None:
    """Two ways to add as many images in all are two curves."""
    ways = rows.groupby("k")["counts"].unique()
    for k, counts in ways.items():
        if len(counts) > 1:
            told = " and ".join(sorted(counts))
            raise DataError(
                file=f"curve {key}",
                problem=f"has {k} added images as {told}",
                fix="give one of them its own name=..., for a curve has one way to add so many",
            )


def _refuse_mixed(key: FamilyKey, rows: pd.DataFrame) -> None:
    """All k of a curve share data and protocol: else the difference would not be what was added."""
    for column in ("dataset_hash", "protocol_hash"):
        values = rows.groupby(column)["k"].unique()
        if len(values) > 1:
            told = ", ".join(f"{value} at k = {_listed(own)}" for value, own in values.items())
            raise DataError(
                file=f"curve {key}",
                problem=f"mixes more than one {column}: {told}",
                fix="train all k on the same data by the same protocol, under one name=...",
            )


def _listed(values: Sequence[int]) -> str:
    return ", ".join(map(str, sorted(values)))
