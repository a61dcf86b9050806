"""A promise is a function that says it in its docstring, and raises `Broken` where it is not kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

import torch

Subject = TypeVar("Subject")
Promise = Callable[[Subject], None]
MOST_LETTERS = 300  # of a reason


class Broken(Exception):
    """A promise is not kept, and why."""


class NotAsked(Exception):
    """A promise is not asked of this one, and why: it says itself that it promises something else."""


@dataclass(frozen=True)
class Verdict:
    """What became of one promise."""

    promise: str  # in plain words
    state: Literal["held", "broken", "not asked"]
    reason: str = ""  # why it is broken, or not asked


def kept(so: bool, otherwise: str) -> None:
    """Raise Broken with this reason unless it is so."""
    if not so:
        raise Broken(otherwise)


def close(found: object, wanted: object, what: str, *, atol: float, rtol: float = 0.0) -> None:
    """Raise Broken unless both (tensors, or sequences of them) are of the same form and as near as this."""
    try:
        torch.testing.assert_close(found, wanted, atol=atol, rtol=rtol)
    except AssertionError as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        raise Broken(f"{what}: {' '.join(lines)}") from error


def words_of(promise: Promise[Subject]) -> str:
    """What it promises: the first sentence of its docstring, in one line."""
    first = (promise.__doc__ or promise.__name__).strip().partition("\n\n")[0]
    return " ".join(first.split()).removesuffix(".")


def verdict(promise: Promise[Subject], subjects: Mapping[str, Callable[[], Subject]]) -> Verdict:
    """Ask it of each subject, which is made anew; the first of them that breaks it, by whatever it raises, decides.

    subjects: words for what it is tried on -> the subject.
    """
    declined = []
    for on, subject in subjects.items():
        try:
            promise(subject())
        except NotAsked as why:
            declined.append(str(why))
        except Broken as why:
            return Verdict(words_of(promise), "broken", _short(f"{on}: {why}" if on else str(why)))
        except (Exception, SystemExit) as error:  # whatever the code of somebody else raises
            return Verdict(words_of(promise), "broken", _short(f"{on}{on and ': '}raises {raised(error)}"))
    if len(declined) == len(subjects):
        return Verdict(words_of(promise), "not asked", _short(declined[0]) if declined else "")
    return Verdict(words_of(promise), "held")


def raised(error: BaseException) -> str:
    """`TypeError: what it says`, in one line."""
    first = " ".join(str(error).split())
    return f"{type(error).__name__}{first and ': '}{first}"


def _short(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 4]} ..."
