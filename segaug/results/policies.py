"""Learned policies of a record in the room that a page and a dashboard have for them."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from segaug.results.by_way import way_of
from segaug.results.record_policies import UPDATE
from segaug.ways import PLAIN

Json = dict[str, Any]  # Any: JSON
_NUMBERS = ("policy_updates", "beta", "beta_updates", "gamma", "gamma_updates")


def policies_text(record: Mapping[str, Any]) -> str | None:
    """The record's "policies" as a JSON text for a detail row; None where it has none.

    Of a trial that is scored by several ways of predicting, they stand in the row of the plain one.  Those of the best
    weights are left out, and of the snapshots all but what `doing_nothing` has.
    """
    told = record.get("policies")
    if not told or way_of(record) != PLAIN:
        return None
    classes = {
        name: {part: policy[part] for part in ("rows", "start", "final")} | {"snapshots": doing_nothing(policy)}
        for name, policy in told["classes"].items()
    }
    return orjson.dumps({**told, "classes": classes}).decode()


def doing_nothing(policy: Mapping[str, Any]) -> dict[str, list[float]]:
    """Of a policy's snapshots, `update` and each group's probability of its first option."""
    of_groups = {name: [entry[0] for entry in told] for name, told in policy["snapshots"].items() if name != UPDATE}
    return {UPDATE: policy["snapshots"][UPDATE], **of_groups}


def named_policies(record: Mapping[str, Any]) -> Json:
    """Named values of a record for a dashboard; nothing of one without policies.

    policies/policy_updates, beta, beta_updates, gamma and gamma_updates; policies/CLASS/rows; of each group
    policies/CLASS/GROUP/start and final, the probabilities of doing nothing, and policies/CLASS/GROUP/final/OPTION of
    the others; policies/test_time, a text: the operations whose predictions are joined, by number, and their weights.
    """
    told = record.get("policies")
    if not told:
        return {}
    values: Json = {name: told[name] for name in _NUMBERS}
    for name, policy in told["classes"].items():
        values |= {f"{name}/rows": policy["rows"], **dict(_of_class(name, policy, told["groups"]))}
    if test_time := told["test_time"]:
        weights = zip(test_time["best_ids"], test_time["best_weights"], strict=True)
        values["test_time"] = ", ".join(f"{operation}: {weight:.3f}" for operation, weight in weights)
    return {f"policies/{name}": value for name, value in values.items()}


def _of_class(name: str, policy: Mapping[str, Any], groups: Mapping[str, list[str]]) -> Iterator[tuple[str, float]]:
    for group, options in groups.items():
        nothing, *others = policy["final"][group]
        yield f"{name}/{group}/start", policy["start"][group][0]
        yield f"{name}/{group}/final", nothing
        yield from ((f"{name}/{group}/final/{option}", p) for option, p in zip(options[1:], others, strict=True))
