"""Files of a study that are none of its records, or of its plan: named, left out, and the rest goes on."""

import logging
from collections.abc import Iterable, Sequence

from segaug.errors import DataError, UserError
from segaug.visible import visible

log = logging.getLogger(__name__)
SHOWN = 5  # of problems that may be many
_warned = set[str]()  # by this process: a command may look at a study several times


def in_short(errors: Iterable[DataError]) -> list[str]:
    """A line each for the first few, and how many more there are."""
    return _first([visible(str(error)) for error in errors])


def tell(errors: Iterable[UserError]) -> None:
    """Warn of those that were not told before."""
    new = [text for error in errors if (text := visible(str(error))) not in _warned]
    _warned.update(new)
    for line in _first(new):
        log.warning("left out: %s", line)


def _first(texts: Sequence[str]) -> list[str]:
    more = len(texts) - SHOWN
    return [*texts[:SHOWN], *[f"and {more} more; `segaug status --json` names them all"] * (more > 0)]
