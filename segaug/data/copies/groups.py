"""Images that belong on one side of a split, by links between some of them."""

from collections.abc import Iterable


def groups(links: Iterable[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Places that are linked, directly or through others: sorted, in groups of two and more."""
    group_of: dict[int, set[int]] = {}
    for one, other in links:
        both = group_of.get(one, {one}) | group_of.get(other, {other})
        group_of.update(dict.fromkeys(both, both))
    return sorted({tuple(sorted(group)) for group in group_of.values() if len(group) > 1})
