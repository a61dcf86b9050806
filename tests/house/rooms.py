"""The house: files of a package, the rooms (folders) in which they lie, and who imports whom."""

import ast
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.house.imports import imported_names

TOP = ""  # the room of the package's single files, which everybody may import


def room_of(file: str) -> str:
    """Folder of a file: `analysis/law` of `analysis/law/fit.py`."""
    return file.rpartition("/")[0]


def layer_of(place: str) -> str:
    """First folder of a file or room: `analysis` of `analysis/law`; TOP of a single file."""
    folder = room_of(place) if place.endswith(".py") else place
    return folder.partition("/")[0]


@dataclass(frozen=True)
class House:
    """A package on disk.

    Files are named by their path inside the package (`analysis/law/fit.py`), rooms by their folder (`analysis/law`).
    A folder of the package is a layer; the single files that it holds beside its rooms are a room of its name.
    """

    package: Path

    @cached_property
    def trees(self) -> dict[str, ast.Module]:
        """File -> its syntax, sorted by file."""
        paths = sorted(self.package.rglob("*.py"))
        return {path.relative_to(self.package).as_posix(): ast.parse(path.read_text()) for path in paths}

    @cached_property
    def files(self) -> dict[str, set[str]]:
        """File -> files that it imports."""
        file_of = {self._module(file): file for file in self.trees}

        def imported(name: str) -> str | None:
            while name and name not in file_of:  # `a.b.c` may be c of the file a/b.py
                name = name.rpartition(".")[0]
            return file_of.get(name)

        found = {file: {imported(name) for name in imported_names(tree)} for file, tree in self.trees.items()}
        return {file: {name for name in names if name is not None} - {file} for file, names in found.items()}

    @cached_property
    def rooms(self) -> dict[str, set[str]]:
        """Room -> rooms that it imports, TOP left out.

        An `__init__.py` that stands beside rooms hands out their names, and `__main__.py` starts a layer: arrows of
        neither count.
        """
        folders = {room_of(file) for file in self.files}
        doors = {f"{folder}/__init__.py" for folder in folders if any(room_of(room) == folder for room in folders)}
        doors |= {"__init__.py", "__main__.py"}
        within = {file: imported for file, imported in self.files.items() if file not in doors}
        rooms: dict[str, set[str]] = {room_of(file): set() for file in within if room_of(file) != TOP}
        for file, imported in within.items():
            if file_room := room_of(file):
                rooms[file_room] |= {room_of(other) for other in imported} & rooms.keys() - {file_room}
        return dict(sorted(rooms.items()))

    @cached_property
    def layers(self) -> dict[str, set[str]]:
        """Layer -> layers that it imports, TOP left out."""
        layers: dict[str, set[str]] = {layer_of(room): set() for room in self.rooms}
        for room, imported in self.rooms.items():
            layers[layer_of(room)] |= {layer_of(other) for other in imported} - {layer_of(room)}
        return layers

    def rooms_of(self, layer: str) -> dict[str, set[str]]:
        """Rooms of one layer, and the arrows among them."""
        some = {room for room in self.rooms if layer_of(room) == layer}
        return {room: self.rooms[room] & some for room in sorted(some)}

    def files_in(self, room: str) -> list[str]:
        """Files that lie in a room itself."""
        return [file for file in self.files if room_of(file) == room]

    def _module(self, file: str) -> str:
        parts = (self.package.name, *file.removesuffix(".py").split("/"))
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
