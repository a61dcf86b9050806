"""Artefacts: what a strategy learns before training, made once and shared by all trials that ask for it.

A strategy describes what it needs as `Artefact` values; who keeps them, and where, is not its concern
(`experiment/artefacts/store.py`).
"""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from torch import Tensor

from segaug.errors import UserError
from segaug.image_hash import image_hash

Json = Any  # what JSON holds: None, bool, int, finite float, str, and lists and string-keyed dicts of these
Tell = Callable[[int, int, str], None]  # done, of (0: unknown), what; e.g. tell(64, 150, "registering")


Keep = Callable[[Callable[[], "Content"]], None]
"""keep(snapshot): what is learned so far may be stored now; snapshot() is called only where it is (once a minute)."""


def quiet(done: int, of: int, what: str) -> None:
    """A `Tell` for callers who do not want to know."""


def unkept(snapshot: "Callable[[], Content]") -> None:
    """A `Keep` for callers who store nothing."""


def is_told(done: int, of: int) -> bool:
    """Is progress told after this update?  Some 100 times in all, and at the end."""
    return done % math.ceil(of / 100) == 0 or done == of


@dataclass(frozen=True)
class Content:
    """What an artefact holds: tensors on the CPU, and facts about them (ids, health, what they were learned from).

    facts["failed"] is set where the content must not be used, although making it again would only repeat it (a
    generator that has collapsed): one sentence "problem; fix", which the user reads.
    facts["unfinished"] is true of what a maker kept on its way: nobody but the maker that goes on from there is given
    it, and what only that one needs (the state of an optimiser) is not in the finished content any more.
    """

    tensors: dict[str, Tensor]
    facts: dict[str, Json]

    @property
    def failed(self) -> str | None:
        """Why this content must not be used; None if it may."""
        return self.facts.get("failed")

    @property
    def unfinished(self) -> bool:
        """Was it kept on the way?"""
        return bool(self.facts.get("unfinished"))


def always(content: Content) -> bool:
    """What is finished is all there is: the `complete` of an artefact that does not grow."""
    return True


@dataclass(frozen=True)
class Artefact:
    """A description of something to be learned: equal keys, equal contents, whoever makes it.

    kind: a word that files and messages name it by.  key: everything that decides the content: hashes of images,
    options, the number of a version that is raised when the method changes; random draws come from streams named by
    it, never by a trial's seed.

    make(previous, tell, keep) learns it.  previous is what is stored and does not suffice, or None: a collection that
    grows (the momenta of one image), or what an earlier making of this artefact kept before it was ended; going on from
    there must end in the same bits.
    complete: does a finished content hold all that is asked for?  It judges by the facts, not the tensors.
    needs: names of the artefacts that `make` obtains, which are made before it.
    """

    kind: str
    key: dict[str, Json]
    make: Callable[[Content | None, Tell, Keep], Content]
    complete: Callable[[Content], bool] = always
    needs: tuple[str, ...] = ()

    @cached_property
    def name(self) -> str:
        """The kind and a digest of the key: what it is stored and locked under."""
        key = json.dumps(self.key, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return f"{self.kind}-{sha256(key.encode()).hexdigest()[:32]}"

    @property
    def grows(self) -> bool:
        """May a finished content lack something that another trial asks for?"""
        return self.complete is not always

    def is_whole(self, content: Content) -> bool:
        """Is this all that is asked for?  Never what was kept on the way."""
        return not content.unfinished and self.complete(content)


class ArtefactFailed(UserError):
    """An artefact was made, and its own checks say that it must not be used."""

    def __init__(self, *, artefact: str, file: object, reason: str) -> None:
        super().__init__(f"{artefact} must not be used (its content is in {file}): {reason}")


def by_hash(images: Tensor) -> dict[str, Tensor]:
    """Images (N, C, H, W) by their names, each once."""
    return {image_hash(image): image for image in images}
