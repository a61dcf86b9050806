"""How many lines of tests each room has."""

import ast
from collections import Counter
from pathlib import Path

from tests.house.imports import imported_names
from tests.house.rooms import TOP, House, layer_of, room_of

ELSEWHERE = "elsewhere"  # tests of no room: contracts, drills, security, fuzz and what helps many


def lines_of(path: Path) -> int:
    """Lines that are not blank."""
    return sum(bool(line.strip()) for line in path.read_text().splitlines())


def lines_of_tests(house: House, tests: Path) -> dict[str, int]:
    """Room -> lines of its tests."""
    lines: Counter[str] = Counter()
    for path in sorted(tests.rglob("*.py")):
        lines[room_of_test(house, path.relative_to(tests).as_posix(), path.read_text())] += lines_of(path)
    return dict(lines)


def room_of_test(house: House, file: str, text: str) -> str:
    """The room whose test a file is (named by its path inside tests/): that of its folder.

    Where the tests of a layer lie flat, it is the room that has the file of its name, or else the one of which it
    imports most.
    """
    folder, layer = room_of(file), layer_of(file)
    if folder in house.rooms and folder != layer:
        return folder
    tested = file.rpartition("/")[2].removeprefix("test_")
    rooms = [TOP] if layer == TOP else list(house.rooms_of(layer))
    named = [room for room in rooms if f"{room}/{tested}".removeprefix("/") in house.files]
    if len(named) == 1:
        return named[0]
    if layer not in house.layers:
        return ELSEWHERE
    imported = Counter(_room_of_name(name, rooms) for name in imported_names(ast.parse(text)))
    return max(rooms, key=lambda room: (imported[room], room == layer))


def _room_of_name(name: str, rooms: list[str]) -> str:
    inside = [room for room in rooms if f"{name}.".startswith(f"segaug.{room.replace('/', '.')}.")]
    return max(inside, key=len, default=TOP)
