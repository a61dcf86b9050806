"""Trials of a curve whose training was not done when their updates were used up: see `results/trained_out.py`."""

from dataclasses import dataclass

from segaug.analysis.trials.curve_trials import CurveTrials
from segaug.results.trained_out import not_trained_out

_COLUMNS = ["late_fall", "stopped", "best_update", "updates"]


@dataclass(frozen=True)
class Untrained:
    """How many of the converged trials of a curve were not trained out."""

    trials: int
    known: int  # of them, those whose histories can tell
    sizes: tuple[int, ...]  # where there are any
    low: float  # the share by which their training loss falls in the last quarter of the updates: from this ...
    high: float  # ... to this

    def __str__(self) -> str:
        fall = f"{self.low:.0%}" if f"{self.low:.0%}" == f"{self.high:.0%}" else f"{self.low:.0%} to {self.high:.0%}"
        where = ", ".join(map(str, self.sizes))
        return (
            f"not trained out: {self.trials} of {self.known} trials (N={where}), "
            f"whose training loss falls by {fall} in the last quarter of the updates"
        )


def untrained(curve: CurveTrials) -> Untrained | None:
    """None where there are none, or nothing is known: tables from elsewhere, histories that are too short."""
    if not {*_COLUMNS} <= {*curve.table}:
        return None
    rows = curve.table[(curve.table["status"] == "ok") & curve.table["late_fall"].notna()]
    falling = rows[[not_trained_out(row) for row in rows[_COLUMNS].to_dict("records")]]
    if falling.empty:
        return None
    falls, sizes = falling["late_fall"], sorted(map(int, falling["size"].unique()))
    return Untrained(len(falling), len(rows), tuple(sizes), float(falls.min()), float(falls.max()))
