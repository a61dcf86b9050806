"""Results as JSON text: the same numbers give the same bytes."""

import json
import math

DIGITS = 10  # significant digits in text files: more than any result means, fewer than depend on the machine


def json_bytes(value: object) -> bytes:
    """Nested dicts, lists and tuples of numbers and text; numbers are rounded, NaN and infinities become null."""
    return (json.dumps(_plain(value), indent=1, allow_nan=False) + "\n").encode()


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, float):  # numpy's float64 is one
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return value
