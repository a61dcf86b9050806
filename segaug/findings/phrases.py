"""Phrases of the sentences that say what a section has found."""

from collections.abc import Callable, Iterable, Sequence

_MOST_NAMES = 4  # that a sentence lists


def counted(things: Sequence[object], noun: str) -> str:
    """1 curve, 2 curves."""
    return f"{len(things):,} {noun}{'' if len(things) == 1 else 's'}"


def from_to(values: Iterable[float], as_text: Callable[[float], str] = lambda value: f"{value:g}") -> str:
    """0.1 to 0.3; a single text where the smallest and the largest read alike."""
    texts = [as_text(value) for value in sorted(values)]
    return texts[0] if texts[0] == texts[-1] else f"{texts[0]} to {texts[-1]}"


def listed(names: Sequence[str], others: str = "others") -> str:
    """a, b, c, d and 3 others; all of them where only one would be left out."""
    left = len(names) - _MOST_NAMES
    shown = names if left <= 1 else names[:_MOST_NAMES]
    return ", ".join(shown) + (f" and {left} {others}" if left > 1 else "")
