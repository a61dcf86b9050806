"""Plain lines for tables and sentences that hold intervals: they fit where they are printed, and break no interval."""

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from textwrap import TextWrapper

from segaug.terminal import PROSE, columns

_HELD = "\0"  # a space at which no line ends


def sentence(text: str, indent: int = 0) -> list[str]:
    """Its lines; names and intervals stay in one piece."""
    wrapper = TextWrapper(min(PROSE, columns()), break_long_words=False, break_on_hyphens=False)
    wrapper.initial_indent, wrapper.subsequent_indent = " " * indent, " " * (indent + 2)
    held = re.sub(r"\[.*?\]", lambda match: match[0].replace(" ", _HELD), text)
    return [line.replace(_HELD, " ") for line in wrapper.wrap(held)]


def table(header: Sequence[str], rows: Sequence[Sequence[str]], left: Collection[str]) -> Iterator[str]:
    """Lines of a table, without columns that are empty in every row; intervals lie below where it is too wide.

    left: of which columns cells begin at the left.
    """
    shown = [column for column in zip(header, *rows, strict=True) if any(column[1:])]
    if sum(max(map(len, column)) + 2 for column in shown) - 2 > min(PROSE, columns()):
        shown = [tuple(chain.from_iterable(map(_below, column))) for column in shown]
    widths = [max(map(len, column)) for column in shown]
    padded = (
        [cell.ljust(width) if column[0] in left else cell.rjust(width) for cell in column]
        for column, width in zip(shown, widths, strict=True)
    )
    for row in zip(*padded, strict=True):
        if line := "  ".join(row).rstrip():
            yield line


def _below(cell: str) -> tuple[str, str]:
    """A number, and its interval for the line below."""
    number, bracket, interval = cell.partition(" [")
    return number, bracket.strip() + interval
