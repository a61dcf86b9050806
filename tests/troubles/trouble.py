"""One kind of trouble: how it is planted in a copy of a real set, which verb a user meets first, and its answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

ERROR, NOTE, READ, UNSEEN = "error", "note", "read", "unseen"
Result = Literal["error", "note", "read", "unseen"]
"""error: a problem, or refused.  note: no problem, but a sentence.  read: as it was meant, without a word, and so that
foreground is what it was before.  unseen: nothing is said; `says` is then the reason why nobody can know."""


@dataclass(frozen=True)
class Asked:
    """A data set of plain options.  verb: of `segaug data`: check, import or copies."""

    kind: str
    options: Mapping[str, Any]
    verb: Literal["check", "import", "copies"] = "check"


@dataclass(frozen=True)
class Trouble:
    """says: a regular expression for the sentence.  plant: into an empty folder; its docstring says how."""

    kind: str
    result: Result
    says: str
    plant: Callable[[Path], Asked]

    @property
    def how(self) -> str:
        """In words."""
        return " ".join((self.plant.__doc__ or "").split()).rstrip(".")


TROUBLES: dict[str, Trouble] = {}


def trouble(kind: str, result: Result, says: str = "") -> Callable[[Callable[[Path], Asked]], Callable[[Path], Asked]]:
    """Enter a function that plants a trouble of this kind."""

    def enter(plant: Callable[[Path], Asked]) -> Callable[[Path], Asked]:
        assert plant.__name__ not in TROUBLES, plant.__name__
        TROUBLES[plant.__name__] = Trouble(kind, result, says, plant)
        return plant

    return enter
