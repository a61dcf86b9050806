"""Networks that learned to say nothing: told of each trial by one rule, fixed before any result.

A trial has collapsed if, of some structure, its best weights predict

- nothing in at least half of the test images that show it, or
- not a pixel of it in at least nine of ten of them, or
- nearly all of the image (95 %) in at least half of the test images, where at most half of an image is it.

Its cross-entropy is then that of a constant, and its Dice the share of images that have nothing to find.  Records of
before count images and structures together, and missed ones with invented ones; of such a trial it is said that one of
the two masks is empty in at least half of those where either is not.  Records without counts say nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

HALF, NEARLY_ALL = 0.5, 0.9
COUNTS = ("shown", "missed", "astray", "invented", "flooded")  # columns, of several structures one for each
Kind = Literal["empty", "astray", "whole", "either"]
_WORDS: dict[Kind, str] = {
    "empty": "an empty prediction in {count} of the {of} test images that show {what}",
    "astray": "not a pixel found in {count} of the {of} test images that show {what}",
    "whole": "nearly all of the image predicted{whom} in {count} of {of} test images",
    "either": "prediction or truth empty, not both, in {count} of the {of} test masks that are not both empty",
}


@dataclass(frozen=True)
class Collapse:
    """What the network does of one structure."""

    structure: str  # "": the only one, or all together
    kind: Kind
    count: int
    of: int

    def __str__(self) -> str:
        return words(self.kind, self.structure, str(self.count), str(self.of))


def words(kind: Kind, structure: str, count: str, of: str) -> str:
    """What is seen in so many masks."""
    whom = f" as {structure}" if structure else ""
    return _WORDS[kind].format(count=count, of=of, what=structure or "something", whom=whom)


def mask_columns(masks: Mapping[str, Any], structures: Sequence[str]) -> dict[str, float]:
    """A record's "masks" as columns: `shown` and the like, of several structures `shown/rv`."""
    if len(structures) < 2:
        return {name: float(masks[name]) for name in COUNTS}
    listed = ((name, zip(structures, masks[name], strict=True)) for name in COUNTS)
    return {f"{name}/{structure}": float(count) for name, counts in listed for structure, count in counts}


def collapses(row: Mapping[str, Any]) -> list[Collapse]:
    """Of a row of `trial_row`, by structure; a column that it lacks, or NaN, is not known."""
    known = [name for name in row if name.partition("/")[0] == "missed" and row[name] == row[name]]
    if not known:
        return list(_of_totals(row))
    return [collapse for name in known for collapse in _of_structure(row, name.partition("/")[2])]


def _of_structure(row: Mapping[str, Any], structure: str) -> Iterator[Collapse]:
    shown, missed, astray, _, flooded = (int(row[f"{name}/{structure}" if structure else name]) for name in COUNTS)
    if missed and missed >= HALF * shown:
        yield Collapse(structure, "empty", missed, shown)
    elif missed + astray and missed + astray >= NEARLY_ALL * shown:
        yield Collapse(structure, "astray", missed + astray, shown)
    if flooded and flooded >= HALF * row["test_cases"]:
        yield Collapse(structure, "whole", flooded, int(row["test_cases"]))


def _of_totals(row: Mapping[str, Any]) -> Iterator[Collapse]:
    both_empty, one_empty = row.get("both_empty", float("nan")), row.get("one_empty", float("nan"))
    either = row.get("test_cases", 0) * row.get("structures", 1) - both_empty
    if one_empty > 0 and one_empty >= HALF * either:
        yield Collapse("", "either", int(one_empty), int(either))
