"""A share of a study, for machines that do not see each other's folders: the shard i of n, written "i/n", i from 1.

Which shard a trial belongs to follows from its id alone.  So machines need not agree on anything but n, other trials
may come and go, and a shard that is run again holds what it held.
"""

import re
import shlex
from dataclasses import dataclass
from hashlib import sha256

from segaug.errors import ConfigError

KEY = "shard"  # the option of `segaug train` and `segaug prepare`, and the key of a piece of a plan
_WRITTEN = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")


@dataclass(frozen=True)
class Shard:
    """One of `of` shares; number: from 1."""

    number: int
    of: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.of:
            fix = f"count from 1: 1/{self.of} to {self.of}/{self.of}" if self.of else "1/1 is everything"
            raise ConfigError(key=KEY, problem=f"there is no {self}", fix=fix)

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def holds(self, name: str) -> bool:
        """Does the trial of this id, or the artefact of this name, belong to this share?"""
        return int.from_bytes(sha256(name.encode()).digest()[:8], "big") % self.of == self.number - 1


def parse_shard(text: str) -> Shard:
    """Read "2/4"; raises ConfigError."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise ConfigError(
            key=KEY, problem=f"got {text!r}", fix="write NUMBER/OF, such as shard=1/4 to shard=4/4, or shard=auto/4"
        )
    return Shard(int(match[1]), int(match[2]))


def with_shard(command: str, shard: Shard | None) -> str:
    """The command of a whole study as one of this share, or the other way round (None)."""
    words = [word for word in shlex.split(command) if not word.startswith(f"{KEY}=")]
    return shlex.join([*words, *([f"{KEY}={shard}"] if shard else [])])
