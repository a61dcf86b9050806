"""One thing that a reader must know before reading the figures."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Caution:
    """What it is, what follows from it, and where it holds."""

    kind: str  # a short stable key, also the anchor on the page
    headline: str
    meaning: str
    places: tuple[str, ...]


def make(kind: str, headline: str, meaning: str, places: Iterable[str]) -> Caution | None:
    """None where it holds nowhere."""
    listed = tuple(places)
    return Caution(kind, headline, meaning, listed) if listed else None
