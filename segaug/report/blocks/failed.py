"""What failed while the page was made: it costs its own place on the page and no other."""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, TypeVar

from segaug.errors import UserError
from segaug.report.blocks.section import Section

T = TypeVar("T")
_SOURCES = Path(__file__).parents[3]


@dataclass(frozen=True)
class Failed:
    """Stands where a section, or a figure of one, would have been."""

    template: ClassVar[str] = "failed.html"
    what: str  # "section Comparison", "figure ratio_bce"
    error: str  # one line
    place: str  # last line of segaug that ran; "" where the error says by itself what to mend

    def __str__(self) -> str:
        return f"{self.what}: {self.error}" + (f" ({self.place})" if self.place else "")


def attempt(what: str, do: Callable[[], T]) -> T | Failed:
    """What `do` returns, or what its failure says; running out of memory is nobody's own failure and passes."""
    try:
        return do()
    except MemoryError:
        raise
    except UserError as error:
        return Failed(what, str(error), "")
    except Exception as error:
        lines = str(error).splitlines() or [""]
        return Failed(what, f"{type(error).__name__}: {lines[0]}".removesuffix(": "), _place(error))


def failed_section(name: str, failure: Failed) -> Section:
    """In the place of the section whose module has this name."""
    return Section(name, name.capitalize(), name.capitalize(), (failure,))


def _place(error: Exception) -> str:
    """Innermost line of this package, whatever library it called."""
    frames = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    own = [(path, line) for path, line in frames if path.is_relative_to(_SOURCES / "segaug")]
    path, line = own[-1]  # at least the line of `attempt`
    return f"{path.relative_to(_SOURCES).as_posix()}, line {line}"
