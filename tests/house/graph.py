"""Graphs of names that import names: circles, floors, and the arrows that a picture needs."""

from collections.abc import Mapping

Graph = Mapping[str, set[str]]  # name -> names that it imports, all of them keys


def reachable(graph: Graph, start: str) -> set[str]:
    """Names that `start` imports, directly or by others."""
    seen: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(graph[name])
    return seen


def circles(graph: Graph) -> list[tuple[str, ...]]:
    """Groups of names that import each other on some way (the strongly connected components of two and more)."""
    reach = {name: reachable(graph, name) for name in graph}
    groups = {
        tuple(sorted(other for other in reach[name] if name in reach[other])) for name in graph if name in reach[name]
    }
    return sorted(group for group in groups if len(group) > 1)


def floors(graph: Graph) -> dict[str, int]:
    """Floor of each name: 0 for what imports nothing, else one above all that it imports; a circle shares one."""
    group_of = {name: group[0] for group in circles(graph) for name in group}
    group = {name: group_of.get(name, name) for name in graph}
    below: dict[str, set[str]] = {first: set() for first in group.values()}
    for name, imported in graph.items():
        below[group[name]] |= {group[other] for other in imported} - {group[name]}
    floor: dict[str, int] = {}

    def of(first: str) -> int:
        if first not in floor:
            floor[first] = max((of(other) + 1 for other in below[first]), default=0)
        return floor[first]

    return {name: of(group[name]) for name in graph}


def without_shortcuts(graph: Graph) -> dict[str, set[str]]:
    """Without the arrows for which there is a longer way; those inside a circle stay."""
    floor = floors(graph)
    return {
        name: {
            other
            for other in imported
            if floor[other] == floor[name]
            or not any(other in reachable(graph, way) for way in imported if floor[other] < floor[way] < floor[name])
        }
        for name, imported in graph.items()
    }


def arrows(graph: Graph) -> int:
    """Number of arrows."""
    return sum(map(len, graph.values()))
