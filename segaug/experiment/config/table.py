"""Classes by name, each imported when it is asked for: a command needs one strategy of thirty, and most of none."""

import sys
from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import Any, Generic, TypeVar

Kind = TypeVar("Kind")


class Table(MutableMapping[str, type[Kind]], Generic[Kind]):
    """name -> class; of those that segaug has, the place "module:Class" until somebody looks it up."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self.places = dict(places)
        self._held: dict[str, type[Kind] | str] = dict(places)

    def __getitem__(self, name: str) -> type[Kind]:
        held = self._held[name]
        if isinstance(held, str):
            held = self._held[name] = _class(held)
        return held

    def __setitem__(self, name: str, kind: type[Kind]) -> None:
        self._held[name] = kind

    def __delitem__(self, name: str) -> None:
        del self._held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __contains__(self, name: object) -> bool:
        return name in self._held

    def __len__(self) -> int:
        return len(self._held)

    def imported(self) -> Iterator[tuple[str, type[Kind]]]:
        """Those whose modules this process has imported: who holds an object looks among these for its class."""
        for name, held in self._held.items():
            if not isinstance(held, str) or held.partition(":")[0] in sys.modules:
                yield name, self[name]


def _class(place: str) -> Any:  # a class, as each table says
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)
