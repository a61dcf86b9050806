"""Which trials one job of the cluster takes: few jobs, each long enough to be worth its start."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

MOST_PACKS = 1000  # jobs of one submission: what most clusters take at once
GROWTH = 1.25  # of the limit, until the packs are few enough


@dataclass(frozen=True)
class Item:
    """A trial as packing sees it."""

    id: str
    task: str
    model: str
    strategy: str
    size: int
    seed: int
    seconds: float  # forecast


Pack = tuple[Item, ...]
Key = Callable[[Item], tuple[object, ...]]
CELL: Key = lambda item: (item.task, item.model, item.strategy, item.size)  # noqa: E731
JOINED: tuple[Key, ...] = (  # trials of one of these share a pack while it is short: sizes first, then strategies
    lambda item: (item.task, item.model, item.strategy),
    lambda item: (item.task, item.model),
)
JOINED_IF_MANY: tuple[Key, ...] = (*JOINED, lambda item: (item.task,), lambda item: ())


def packed(items: Iterable[Item], limit_s: float, most: int = MOST_PACKS) -> list[Pack]:
    """Split trials into packs of at most `limit_s` by forecast (a single trial may be longer), the longest pack first.

    Trials that differ only in their seed come together; where they are short, sizes join, then strategies.  More than
    `most` packs are made fewer: models and tasks join too, then the limit grows.
    """
    ordered = sorted(items, key=lambda item: (CELL(item), item.seed, item.id))
    packs = _joined(ordered, limit_s, JOINED)
    while len(packs) > max(most, 1):
        packs = _joined(ordered, limit_s, JOINED_IF_MANY)
        limit_s = max(limit_s, duration(ordered) / max(most, 1)) * GROWTH
    return sorted(packs, key=lambda pack: (-duration(pack), pack[0].id))


def duration(items: Iterable[Item]) -> float:
    """Seconds of some trials, one after the other."""
    return sum(item.seconds for item in items)


def _joined(ordered: Sequence[Item], limit_s: float, levels: Sequence[Key]) -> list[Pack]:
    packs = [pack for _, cell in groupby(ordered, CELL) for pack in _next_fit([(item,) for item in cell], limit_s)]
    for key in levels:
        packs = [pack for group in _grouped(packs, key) for pack in _next_fit(group, limit_s)]
    return packs


def _grouped(packs: Sequence[Pack], key: Key) -> list[list[Pack]]:
    """Packs by the key of their first trial, which all of a pack share; their order stays."""
    groups: dict[tuple[object, ...], list[Pack]] = {}
    for pack in packs:
        groups.setdefault(key(pack[0]), []).append(pack)
    return list(groups.values())


def _next_fit(parts: Sequence[Pack], limit_s: float) -> list[Pack]:
    """Join neighbours while they fit."""
    joined: list[Pack] = []
    for part in parts:
        if joined and duration(joined[-1]) + duration(part) <= limit_s:
            joined[-1] = (*joined[-1], *part)
        else:
            joined.append(part)
    return joined
