"""Numbers and intervals as text."""

import math
from collections.abc import Callable, Iterable

from segaug.analysis.interval import Interval

NONE = "–"  # there is no such number


def number(value: float | None) -> str:
    """Three significant digits without an exponent where that is readable, ∞; a dash for None and NaN."""
    if value is None or math.isnan(value):
        return NONE
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return f"{value:.2e}" if value and not 1e-4 <= abs(value) < 1e5 else f"{value:#.3g}".rstrip(".")


def bracketed(interval: Interval | None) -> str:
    """[low, high]; an open end goes on, and nothing bounds an infinite one; a dash for None."""
    return NONE if interval is None else f"[{', '.join(_ends(interval))}]"


def bounded(value: float, interval: Interval | None) -> str:
    """A number with its interval, where there is one: 0.0812 [0.0703, 0.0956]."""
    return number(value) + (f" {bracketed(interval)}" if interval else "")


def dashed(interval: Interval) -> str:
    """The same where a column is narrow: low–high."""
    return "–".join(end.replace(" ", "") for end in _ends(interval))


def _ends(interval: Interval) -> tuple[str, str]:
    """An open end says so, but for those that lie at the end of what there is."""
    low, high = interval.low, interval.high
    goes_down, goes_up = interval.open_low and low != 0, interval.open_high and math.isfinite(high)
    return f"{'≤ ' if goes_down else ''}{number(low)}", f"{'≥ ' if goes_up else ''}{number(high)}"


def percent(share: float, form: str = ".1f") -> str:
    """A share as "1.2 %"."""
    return f"{100 * share:{form}} %"


def duration(hours: float) -> str:
    """1.5 h, 12 min."""
    return f"{hours:,.1f} h" if hours >= 1 else f"{60 * hours:.0f} min" if hours >= 1 / 60 else "a minute"


def p_value(value: float) -> str:
    """Two digits; a dash for NaN, which marks what was not tested."""
    return NONE if math.isnan(value) else f"{value:.2g}" if value >= 1e-3 else "< 0.001"


def p_equals(value: float) -> str:
    """The same in a sentence: p = 0.02, p < 0.001."""
    text = p_value(value)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def from_to(values: Iterable[float], as_text: Callable[[float], str] = "{:g}".format, to: str = " to ") -> str:
    """0.1 to 0.3; a single text where the smallest and the largest read alike, a dash where there is none."""
    texts = [as_text(value) for value in sorted(values)] or [NONE]
    return texts[0] if texts[0] == texts[-1] else f"{texts[0]}{to}{texts[-1]}"
