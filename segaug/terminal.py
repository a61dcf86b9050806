"""What is printed fits where it is printed: a terminal of any width, a pipe, a log; escape codes only where wanted."""

import os
import shutil
import sys
from textwrap import wrap
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from rich.console import Console

PROSE = 80  # columns of text, at most
WIDE = 200  # columns of a table that is no text, in a file or a pipe


def columns() -> int:
    """Of the terminal, or what COLUMNS says; where there is neither, `PROSE`."""
    return shutil.get_terminal_size((PROSE, 24)).columns


def wrapped(text: str) -> list[str]:
    """Lines for prose; a path or a name is never broken."""
    return wrap(text, min(PROSE, columns()), subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def console(*, stderr: bool = False, markup: bool = True, wide: bool = False) -> "Console":
    """Where to print to.  No escape code leaves it where NO_COLOR is set (https://no-color.org), nor into a pipe.

    wide: tables are not folded where nobody watches, unless COLUMNS says so.
    """
    from rich.console import Console

    class _Console(Console):
        def on_broken_pipe(self) -> NoReturn:
            raise BrokenPipeError  # the command knows how to end; rich would call that an error

    stream = sys.stderr if stderr else sys.stdout
    plain = bool(os.environ.get("NO_COLOR"))
    folded = stream.isatty() or not wide or bool(os.environ.get("COLUMNS"))
    return _Console(
        stderr=stderr,
        markup=markup,
        highlight=False,
        width=columns() if folded else WIDE,
        color_system=None if plain else "auto",
        force_terminal=False if plain else None,  # no bar either, which moves the cursor
    )
