"""Learned policies as nested values for JSON and as rows for tables: every change with its interval.

A change is of the probability that nothing of a group is done, end minus start: negative is more augmentation.
"""

from collections.abc import Iterator, Sequence

from segaug.analysis.comparison.effect import Effect
from segaug.analysis.curves.record import Values
from segaug.analysis.interval import LEVEL
from segaug.analysis.policies.cells import AtTestTime, ClassPolicy, PolicyCell
from segaug.analysis.policies.changes import Change
from segaug.results.keys import CELL


def policies_record(cells: Sequence[PolicyCell]) -> Values:
    """Everything."""
    return {
        "schema": 1,
        "interval_level": LEVEL,
        "change": "probability that nothing of a group is done, at the end minus at the start, over the same seeds",
        "intervals": "Student's t over seeds, each change by itself",
        "p": "Student's t over seeds of the log-odds; p_flip: by sign flips; p_holm: p over the groups of a policy",
        "cells": [_cell(cell) for cell in cells],
    }


def change_rows(cells: Sequence[PolicyCell]) -> Iterator[Values]:
    """One row a cell, class and group."""
    for cell in cells:
        for policy in cell.classes:
            for change in policy.changes:
                yield {
                    **_key(cell),
                    "class": policy.name,
                    "group": change.group,
                    "seeds": len(cell.subsets),
                    "start": change.start,
                    "end": change.end,
                    **_estimate(change),
                    "risen": change.risen,
                    "risen_by": change.risen_by,
                    "beta_updates": _mean(cell, "beta_updates"),
                }


def _cell(cell: PolicyCell) -> Values:
    return {
        **_key(cell),
        "seeds": list(cell.seeds),
        "training_labels": cell.labels[0],
        "validation_labels": cell.labels[1],
        **{name: _mean(cell, name) for name in NUMBERS},
        "classes": {policy.name: _class(cell, policy) for policy in cell.classes},
        "apart": [
            {
                "group": one.group,
                **_ends("difference", one.effect.mean, one.effect.interval),
                **_p(one.tested),
                "p_holm": one.p_holm,
            }
            for one in cell.apart
        ],
        "test_time": _test_time(cell.test_time) if cell.test_time else None,
    }  # fmt: skip


NUMBERS = ("policy_updates", "beta", "beta_updates", "gamma", "gamma_updates")


def _class(cell: PolicyCell, policy: ClassPolicy) -> Values:
    return {
        "rows": policy.rows,
        "groups": [
            {
                "group": change.group,
                "start": dict(zip(options, policy.start[change.group].mean(axis=0).tolist(), strict=True)),
                "end": dict(zip(options, policy.end[change.group].mean(axis=0).tolist(), strict=True)),
                **_estimate(change),
                "by_seed": list(change.by_seed),
                "risen": change.risen,
                "risen_by": change.risen_by,
            }
            for change in policy.changes
            for options in [cell.groups[change.group]]
        ],
    }


def _test_time(policy: AtTestTime) -> list[Values]:
    """The operations that any seed joins."""
    start, end, weights = (values.mean(axis=0) for values in (policy.start, policy.end, policy.weights))
    return [
        {"operation": operation, "start": float(start[operation]), "end": float(end[operation]),
         "weight": float(weights[operation]), "seeds": int((policy.weights[:, operation] > 0).sum())}
        for operation in policy.joined
    ]  # fmt: skip


def _key(cell: PolicyCell) -> Values:
    return dict(zip(CELL, cell.key, strict=True))


def _estimate(change: Change) -> Values:
    told = _ends("change", change.effect.mean, change.effect.interval)
    return {**told, **_p(change.tested), "p_holm": change.p_holm}


def _p(tested: Effect) -> Values:
    return {"p": tested.p_t, "p_flip": tested.p_flip}


def _ends(name: str, value: float, interval: object) -> Values:
    low, high = (getattr(interval, end, None) for end in ("low", "high"))
    return {name: value, f"{name}_low": low, f"{name}_high": high}


def _mean(cell: PolicyCell, name: str) -> float | None:
    values = cell.numbers(name)
    return sum(values) / len(values) if values else None
