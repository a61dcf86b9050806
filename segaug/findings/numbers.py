"""Numbers of comparisons as text."""

import math
from collections.abc import Sequence

from segaug.analysis.interval import Interval

NONE = "–"


def number(value: float | None) -> str:
    """Three significant digits without an exponent where that is readable; a dash for None."""
    if value is None:
        return NONE
    return f"{value:.2e}" if value and not 1e-4 <= abs(value) < 1e5 else f"{value:#.3g}".rstrip(".")


def span(values: Sequence[int]) -> str:
    """One number, or the smallest and the largest."""
    return str(values[0]) if len(set(values)) == 1 else f"{min(values)} to {max(values)}"


def finite(value: float) -> str:
    """A number, a dash for NaN and infinities."""
    return number(value) if math.isfinite(value) else NONE


def ends(interval: Interval | None) -> str:
    """[low, high], "∞" for an end that nothing bounds, a dash for None."""
    if interval is None:
        return NONE
    return f"[{number(interval.low)}, {'∞' if math.isinf(interval.high) else number(interval.high)}]"


def p_value(value: float) -> str:
    """Two digits; a dash for NaN, which marks what was not tested."""
    return NONE if math.isnan(value) else f"{value:.2g}" if value >= 1e-3 else "< 0.001"
