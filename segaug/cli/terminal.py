"""What a command prints reaches the terminal as text: names in files and tables of others must not command it."""

import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from typing import Any, TextIO

from segaug.visible import visible

_COLOUR = re.compile("(\x1b\\[[0-9;]*m)")  # of our own tables, and harmless in a name
_LIVE = ("train", "prepare", "submit")  # they draw bars, which move the cursor
_BARS_ON_STDERR = ("sync", "preview")


class _Text:
    """A stream that shows control characters other than colours instead of sending them."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._coloured = stream.isatty() or "FORCE_COLOR" in os.environ  # else nothing of ours is in colour

    def write(self, text: str) -> int:
        """As that of the stream."""
        parts = _COLOUR.split(text) if self._coloured else [text]  # every second one is a colour
        self._stream.write("".join(part if place % 2 else visible(part) for place, part in enumerate(parts)))
        return len(text)

    def __getattr__(self, name: str) -> Any:  # of the stream
        return getattr(self._stream, name)


@contextmanager
def printing_text(arguments: Sequence[str]) -> Iterator[None]:
    """Inside, whatever a verb prints is text; not of those that redraw what they have printed."""
    verb = arguments[0] if arguments else ""
    with ExitStack() as streams:
        if verb not in _LIVE and "--watch" not in arguments:
            streams.enter_context(redirect_stdout(_Text(sys.stdout)))
            if verb not in _BARS_ON_STDERR:
                streams.enter_context(redirect_stderr(_Text(sys.stderr)))
        yield
