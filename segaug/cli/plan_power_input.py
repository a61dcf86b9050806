"""What a user types for `segaug plan power`, as numbers."""

import math

from segaug.errors import ConfigError

MAX_SEEDS = 10_000


def sizes(text: str) -> tuple[int, ...]:
    """`1,2,4..64` is 1, 2, 4, 8, 16, 32, 64: single sizes, and doublings from one size to another."""
    chosen = {size for piece in text.split(",") for size in _sizes_of(piece, text)}
    return tuple(sorted(chosen))


def seeds(text: str) -> tuple[int, ...]:
    """`5,10,20`, increasing."""
    chosen = {_whole(piece, "--seeds", text, "give numbers of seeds such as 5,10,20") for piece in text.split(",")}
    if max(chosen) > MAX_SEEDS:
        raise ConfigError(key="--seeds", problem=f"got {max(chosen)}", fix=f"use {MAX_SEEDS} or fewer")
    return tuple(sorted(chosen))


def law(text: str) -> tuple[float, float, float]:
    """`a,b,c` of E(N) = a N^-b + c."""
    numbers = [_number(piece) for piece in text.split(",")]
    if len(numbers) != 3 or not all(0 <= number < math.inf for number in numbers) or not (numbers[0] and numbers[1]):
        fix = "give a,b,c of E(N) = a N^-b + c with a and b above 0, such as 1,0.5,0.05"
        raise ConfigError(key="--law", problem=f"got {text!r}", fix=fix)
    a, b, c = numbers
    return a, b, c


def cv(text: str) -> dict[int, float]:
    """`0.15`, or `0.3@1,0.05@512`: spread of one trial at each of two sizes, as a share of its error."""
    fix = "give the spread of one trial as a share of its error, such as 0.15, or at two sizes: 0.3@1,0.05@512"
    pieces = [piece.partition("@") for piece in text.split(",")]
    spreads = {(_whole(size, "--cv", text, fix) if at else 1): _number(value) for value, at, size in pieces}
    complete = len(spreads) == len(pieces) <= 2 and (len(pieces) == 1 or all(at for _, at, _ in pieces))
    if not complete or not all(0 < value < math.inf for value in spreads.values()):
        raise ConfigError(key="--cv", problem=f"got {text!r}", fix=fix)
    return spreads


def effect(value: float) -> float:
    """Ratio of two errors, from the share by which one is lower."""
    if not 0 < value < 1:
        fix = "give the share of the error to be removed, such as 0.1 for 10 % less error"
        raise ConfigError(key="--effect", problem=f"got {value:g}", fix=fix)
    return 1 - value


def budget(value: float | None) -> float:
    """Hours; without a limit infinite."""
    if value is None:
        return math.inf
    if not value > 0:
        raise ConfigError(key="--budget", problem=f"got {value:g}", fix="give hours above 0")
    return value


def _sizes_of(piece: str, text: str) -> list[int]:
    fix = "give sizes such as 1,2,4,8 or doublings such as 8..256"
    first, dots, last = piece.partition("..")
    start = _whole(first, "--sizes", text, fix)
    if not dots:
        return [start]
    end = _whole(last, "--sizes", text, fix)
    doublings = [start * 2**step for step in range((end // start).bit_length())]
    if not doublings:
        raise ConfigError(key="--sizes", problem=f"{piece} falls", fix=f"use {end}..{start}")
    if doublings[-1] != end:
        raise ConfigError(
            key="--sizes", problem=f"doubling {start} does not lead to {end}", fix=f"use {start}..{doublings[-1]}"
        )
    return doublings


def _whole(text: str, key: str, whole: str, fix: str) -> int:
    if not text.strip().isdecimal() or int(text) < 1:
        raise ConfigError(key=key, problem=f"got {whole!r}", fix=fix)
    return int(text)


def _number(text: str) -> float:
    """NaN where it is none, which every caller refuses."""
    try:
        return float(text)
    except ValueError:
        return math.nan
