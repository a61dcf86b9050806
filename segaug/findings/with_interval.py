"""A number and its interval as text: as many digits as the interval leaves meaning to."""

import math

from segaug.analysis.interval import Interval
from segaug.findings.numbers import NONE

_LARGE = 100.0  # from here on, and below what the decimals show, two significant digits


def with_interval(value: float | None, interval: Interval | None, *, most: int, sign: bool = False) -> str:
    """Such as "0.79 [0.72, 0.88]", "0.79 [0.31, ∞]": two digits of half the width, in 2 to `most` decimals.

    value: None prints the interval alone.  sign: print a plus, too, and small numbers in full.
    """
    return " ".join(filter(None, beside_interval(value, interval, most=most, sign=sign)))


def beside_interval(
    value: float | None, interval: Interval | None, *, most: int, sign: bool = False
) -> tuple[str, str]:
    """The same for two cells; "" for what is None."""
    ends = [interval.low, interval.high] if interval else []
    form = _form([value or 0.0, *ends], most, sign)
    brackets = f"[{', '.join(_number(end, form) for end in ends)}]" if ends else ""
    return _number(value, form) if value is not None else "", brackets


def _form(numbers: list[float], most: int, sign: bool) -> str:
    """Format of a number and the ends of its interval."""
    plus = "+" if sign else ""
    finite = [number for number in numbers if math.isfinite(number)]
    half = abs(finite[-1] - finite[-2]) / 2 if len(finite) > 1 else 0.0
    needed = 1 - math.floor(math.log10(half)) if half > 0 else most
    if max(map(abs, finite), default=0.0) >= _LARGE or (sign and needed > most):
        return f"{plus}.2g"
    return f"{plus}.{min(max(needed, 2), most)}f"


def _number(number: float, form: str) -> str:
    if math.isnan(number):
        return NONE
    if math.isinf(number):
        return "∞" if number > 0 else "-∞"
    text = format(number, form)
    return text.replace("-", "+" if "+" in form else "") if not float(text) else text  # no negative zero
