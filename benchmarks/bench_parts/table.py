"""Rows as text."""

from collections.abc import Mapping, Sequence

from .bounds import Bound
from .row import Row, Times

MISSING = "not installed (pip install -e '.[bench]')"


def line(row: Row) -> str:
    """What a benchmark prints by itself."""
    return f"{row.what}: {_times(row.ours)} {row.unit}; {row.beside}: {_peer(row)}"


def table(rows: Sequence[Row], bounds: Mapping[str, Bound]) -> str:
    """Two lines a row: its key, ratio, bound and goal; what was measured."""
    return "\n".join(f"{_head(row, bounds.get(row.key))}\n      {line(row)}" for row in rows)


def _head(row: Row, bound: Bound | None) -> str:
    ratio = "" if row.ratio is None else f"{row.ratio:.3f} x as long" if row.slower else f"{row.ratio:.2f} x"
    limit = "no bound" if bound is None else str(bound)
    goal = ""
    if bound is not None and bound.goal is not None and row.ratio is not None:
        goal = f"goal {bound.goal:g} {'met' if bound.goal_met_by(row.ratio) else 'missed'}"
    return f"  {row.key:52}{ratio:>16}  {limit:16}{goal}".rstrip()


def _peer(row: Row) -> str:
    return MISSING if row.peer is None else f"{_times(row.peer)} {row.unit}"


def _times(times: Times) -> str:
    middle, best = (f"{value:.2f}" if value < 100 else f"{value:.0f}" for value in times)
    return f"{middle} (best {best})"
