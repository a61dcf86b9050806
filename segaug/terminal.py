"""What is printed fits where it is printed: a terminal of any width, a pipe, a log; escape codes only where wanted."""

import os
import shutil
from textwrap import wrap

PROSE = 80  # columns of text, at most


def plain() -> bool:
    """Does the user want no escape code at all?  See https://no-color.org."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def columns() -> int:
    """Of the terminal, or what COLUMNS says; where there is neither, `PROSE`."""
    return shutil.get_terminal_size((PROSE, 24)).columns


def wrapped(text: str) -> list[str]:
    """Lines for prose; a path or a name is never broken."""
    return wrap(text, min(PROSE, columns()), subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
