"""The name under which decoded cases are kept: it differs wherever something of them does."""

from collections.abc import Sequence

from segaug.data.cache import Way, contents, name_of
from segaug.data.known_files import KnownFiles
from segaug.data.task import Case


def cache_name(cases: Sequence[Case], external: Sequence[int], options: Way, allowed: tuple[int, ...]) -> str:
    """Of these cases, decoded in this way; external: rows whose masks are not opened."""
    return name_of(contents(cases, external, KnownFiles().hash_of), options, allowed)
