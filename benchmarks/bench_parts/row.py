"""One line of the table of speeds."""

from dataclasses import dataclass

Times = tuple[float, float]  # median and best, in the row's unit


@dataclass(frozen=True, kw_only=True)
class Row:
    """Ours beside a peer, measured by turns in one run; both (median, best) in `unit`."""

    key: str  # what bounds know it by
    what: str
    beside: str
    ours: Times
    peer: Times | None  # None: the peer is not installed
    unit: str = "ms"
    slower: bool = False  # the peer is the bare work, and the ratio says how many times as long ours takes

    @property
    def ratio(self) -> float | None:
        """How many times as long as ours the peer takes, or the other way round where `slower`; of medians."""
        if self.peer is None:
            return None
        return self.ours[0] / self.peer[0] if self.slower else self.peer[0] / self.ours[0]
