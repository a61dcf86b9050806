"""Where the boxes of a graph stand so that its arrows can be followed: on floors, importers above what they import.

An arrow that passes floors gets a bend on each; bends are ordered and spread like boxes.
Source: Sugiyama, Tagawa and Toda (1981): floors, order on each by the mean place of neighbours, places at last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from tests.house.graph import Graph, floors, without_shortcuts

SWEEPS = 24
GAP_PX = 22.0
BEND_WIDTH_PX = 4.0
BEND_PULL = 6


@dataclass(frozen=True)
class Layout:
    """Middle of each box across [px], its floor, and the ways of the arrows; the left edge of the drawing is at 0."""

    x: Mapping[str, float]
    floor: Mapping[str, int]
    ways: Sequence[Sequence[tuple[float, int]]]  # (x, floor) of importer, bends and imported
    circles: Sequence[tuple[str, str]]  # arrows on one floor
    width: float


def layout(graph: Graph, width: Mapping[str, float]) -> Layout:
    """Places for boxes of these widths [px]; equal graphs give equal places."""
    floor, arrows = floors(graph), without_shortcuts(graph)
    pairs = [(name, other) for name in sorted(arrows) for other in sorted(arrows[name])]
    ways = [_way(name, other, floor) for name, other in pairs if floor[name] != floor[other]]
    rows: list[list[str]] = [[] for _ in range(max(floor.values()) + 1)]
    for name in sorted(floor):
        rows[floor[name]].append(name)
    for way in ways:
        for bend in way[1:-1]:
            rows[_floor(bend, floor)].append(bend)
    links = [link for way in ways for link in pairwise(way)]
    rows = _ordered(rows, links)
    x = _places(rows, links, {name: width.get(name, BEND_WIDTH_PX) for row in rows for name in row})
    left = min(x[name] - width[name] / 2 for name in floor)
    x = {name: place - left for name, place in x.items()}
    return Layout(
        x={name: x[name] for name in floor},
        floor=floor,
        ways=[[(x[name], _floor(name, floor)) for name in way] for way in ways],
        circles=[(name, other) for name, other in pairs if floor[name] == floor[other]],
        width=max([*(x[name] + width[name] / 2 for name in floor), *x.values()]),
    )


def _way(name: str, other: str, floor: Mapping[str, int]) -> list[str]:
    bends = [f"{level}: {name} > {other}" for level in range(floor[name] - 1, floor[other], -1)]
    return [name, *bends, other]


def _floor(name: str, floor: Mapping[str, int]) -> int:
    return floor[name] if name in floor else int(name.partition(":")[0])


def _ordered(rows: list[list[str]], links: Sequence[tuple[str, str]]) -> list[list[str]]:
    """The order with the fewest crossings that was met while rows were sorted by their neighbours, up and down."""
    above, below = _neighbours(links)
    best, fewest = rows, _crossings(rows, links)
    for sweep in range(SWEEPS):
        sides, order = (below, rows) if sweep % 2 == 0 else (above, rows[::-1])
        place: dict[str, float] = {}
        sorted_rows = []
        for row in order:
            mean = {name: _mean([place[near] for near in sides.get(name, ())], index) for index, name in enumerate(row)}
            row = sorted(row, key=lambda name: (mean[name], name))
            place |= {name: index * 10 / max(1, len(row) - 1) for index, name in enumerate(row)}
            sorted_rows.append(row)
        rows = sorted_rows if sweep % 2 == 0 else sorted_rows[::-1]
        if (count := _crossings(rows, links)) < fewest:
            best, fewest = rows, count
    return best


def _neighbours(links: Sequence[tuple[str, str]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for upper, lower in links:
        above.setdefault(lower, []).append(upper)
        below.setdefault(upper, []).append(lower)
    return above, below


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _crossings(rows: Sequence[Sequence[str]], links: Sequence[tuple[str, str]]) -> int:
    place = {name: (floor, index) for floor, row in enumerate(rows) for index, name in enumerate(row)}
    ends = [(*place[upper], place[lower][1]) for upper, lower in links]
    return sum(
        one[0] == other[0] and (one[1] - other[1]) * (one[2] - other[2]) < 0 for one, other in combinations(ends, 2)
    )


def _places(
    rows: Sequence[Sequence[str]], links: Sequence[tuple[str, str]], width: Mapping[str, float]
) -> dict[str, float]:
    """Each as near as its row allows to the mean of its neighbours; bends pull at bends, and so arrows run straight."""
    above, below = _neighbours(links)
    near = {name: [*above.get(name, ()), *below.get(name, ())] for row in rows for name in row}
    for name, others in near.items():
        others.extend(BEND_PULL * [other for other in others if ":" in other and ":" in name])
    x = dict.fromkeys(near, 0.0)
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 else rows[::-1]:
            wanted = [_mean([x[other] for other in near[name]], x[name]) for name in row]
            x |= dict(zip(row, _apart(wanted, [width[name] for name in row]), strict=True))
    return x


def _apart(wanted: Sequence[float], widths: Sequence[float]) -> list[float]:
    """Nearest places (least squares) in this order with gaps between: isotonic regression by pooling."""
    offsets = [0.0]
    for left, right in pairwise(widths):
        offsets.append(offsets[-1] + (left + right) / 2 + GAP_PX)
    pools: list[list[float]] = []  # each: free places that are joined into their mean
    for place, offset in zip(wanted, offsets, strict=True):
        pools.append([place - offset])
        while len(pools) > 1 and _mean(pools[-2], 0) >= _mean(pools[-1], 0):
            pools[-2:] = [pools[-2] + pools[-1]]
    means = [_mean(pool, 0) for pool in pools for _ in pool]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]
