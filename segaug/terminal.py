"""What is printed fits where it is printed, and is text: a terminal of any width, a pipe, a log.

Names in files and tables of others, and messages of errors that hold them, must not command a terminal.  Inside
`printing_text` whatever is printed shows control characters instead of sending them; only a `console` of ours sends
some, for its colours and bars, and shows those of the texts that it is given.
"""

import os
import re
import shutil
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from textwrap import wrap
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from segaug.visible import visible

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

PROSE = 80  # columns of text, at most
WIDE = 200  # columns of a table that is no text, in a file or a pipe
_COLOUR = re.compile("(\x1b\\[[0-9;]*m)")  # of libraries, and harmless in a name


def columns() -> int:
    """Of the terminal, or what COLUMNS says; where there is neither, `PROSE`."""
    return shutil.get_terminal_size((PROSE, 24)).columns


def wrapped(text: str) -> list[str]:
    """Lines for prose; a path or a name is never broken."""
    return wrap(text, min(PROSE, columns()), subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


@contextmanager
def printing_text() -> Iterator[None]:
    """Inside, whatever is printed is text."""
    with redirect_stdout(_Text(sys.stdout)), redirect_stderr(_Text(sys.stderr)):
        yield


def tell_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A `sys.excepthook` whose traceback is text."""
    print(visible("".join(traceback.format_exception(kind, error, trace))), end="", file=sys.stderr)


class _Text:
    """A stream that shows control characters other than colours instead of sending them."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self._coloured = stream.isatty() or "FORCE_COLOR" in os.environ  # else nothing is in colour

    def write(self, text: str) -> int:
        """As that of the stream."""
        parts = _COLOUR.split(text) if self._coloured else [text]  # every second one is a colour
        self.stream.write("".join(part if place % 2 else visible(part) for place, part in enumerate(parts)))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """As that of the stream."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:  # of the stream
        return getattr(self.stream, name)


def console(*, stderr: bool = False, markup: bool = True, wide: bool = False) -> "Console":
    """Where to print to.  No escape code leaves it where NO_COLOR is set (https://no-color.org), nor into a pipe.

    wide: tables are not folded where nobody watches, unless COLUMNS says so.
    """
    from rich.console import Console
    from rich.segment import Segment

    class _Console(Console):
        def render(self, renderable: "RenderableType", options: "ConsoleOptions | None" = None) -> "Iterable[Segment]":
            for segment in super().render(renderable, options):  # only those of bars have a control
                yield segment if segment.control else Segment(visible(segment.text), segment.style)

        def on_broken_pipe(self) -> NoReturn:
            raise BrokenPipeError  # the command knows how to end; rich would call that an error

    stream = sys.stderr if stderr else sys.stdout
    plain = bool(os.environ.get("NO_COLOR"))
    folded = stream.isatty() or not wide or bool(os.environ.get("COLUMNS"))
    return _Console(
        file=stream.stream if isinstance(stream, _Text) else stream,
        stderr=stderr,
        markup=markup,
        highlight=False,
        width=columns() if folded else WIDE,
        color_system=None if plain else "auto",
        force_terminal=False if plain else None,  # no bar either, which moves the cursor
    )
