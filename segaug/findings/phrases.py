"""Phrases of the sentences that say what was found."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

_MOST_NAMES = 4  # that a sentence lists
T = TypeVar("T")


def counted(number: int, noun: str) -> str:
    """1 curve, 2 curves."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(names: Sequence[str], others: str = "others") -> str:
    """a, b, c, d and 3 others; all of them where only one would be left out."""
    left = len(names) - _MOST_NAMES
    shown = names if left <= 1 else names[:_MOST_NAMES]
    return ", ".join(shown) + (f" and {left} {others}" if left > 1 else "")


def by_words(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    """What is said -> whom it is said of, in the order met: nothing is said twice."""
    said: dict[str, list[T]] = {}
    for words, of in pairs:
        said.setdefault(words, []).append(of)
    return said
