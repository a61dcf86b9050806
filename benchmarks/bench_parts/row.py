"""One line of the table of speeds."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Row:
    """Ours beside a peer, measured by turns in one run; both (median, best) in `unit`."""

    key: str  # what bounds know it by
    what: str
    beside: str
    ours: tuple[float, float]
    peer: tuple[float, float]
    unit: str = "ms"

    @property
    def ratio(self) -> float:
        """How many times as long as ours the peer takes; of medians."""
        return self.peer[0] / self.ours[0]
