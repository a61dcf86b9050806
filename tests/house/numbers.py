"""The house in numbers: how much stands in each room, and how long, tested, tangled and repetitive it is."""

import ast
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.house.graph import Graph, arrows, circles, floors
from tests.house.repeated import LINES, passages
from tests.house.rooms import TOP, House
from tests.house.tested import ELSEWHERE, lines_of, lines_of_tests


def numbers(house: House, tests: Path) -> str:
    """Tables for a reader; tests: the folder of the tests."""
    return "\n\n".join((_rooms(house, tests), _layers(house), _totals(house)))


def _rooms(house: House, tests: Path) -> str:
    tested = lines_of_tests(house, tests)
    rows: list[Sequence[object]] = []
    lines = 0
    for room in sorted({*house.rooms, TOP}):
        files = house.files_in(room)
        long = sum(lines_of(house.package / file) for file in files)
        tangle, ratio = _tangle(_among(house.files, files)), _ratio(long, tested.get(room, 0))
        rows.append((room or "(single files)", *tangle, *ratio))
        lines += long
    rows.append(("(tests of no room)", "", "", "", "", tested.get(ELSEWHERE, 0), ""))
    rows.append(("all", *_tangle(house.files), *_ratio(lines, sum(tested.values()))))
    return _table(("room", "files", "floors", "arrows", "lines", "of tests", "ratio"), rows)


def _layers(house: House) -> str:
    """The layers, and the rooms of each that has some, as graphs of rooms and of files."""
    rows = []
    for layer in house.layers:
        rooms = house.rooms_of(layer)
        if len(rooms) > 1:
            files = _among(house.files, [file for room in rooms for file in house.files_in(room)])
            rows.append((layer, *_tangle(rooms), len(circles(rooms)), *_tangle(files)))
    rows.append(("(layers)", *_tangle(house.layers), len(circles(house.layers)), *_tangle(house.files)))
    return _table(("layer", "rooms", "floors", "arrows", "circles", "files", "floors", "arrows"), rows)


def _totals(house: House) -> str:
    texts = {file: (house.package / file).read_text() for file in house.files}
    functions = [
        node.end_lineno - node.lineno + 1
        for tree in house.trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    ]
    said = passages(texts)
    rows = [
        ("lines of a file", *_spread(len(text.splitlines()) for text in texts.values())),
        ("lines of a function", *_spread(functions)),
    ]
    together = circles(house.files)
    return "\n".join(
        [
            _table(("", "median", "p90", "longest"), rows),
            "",
            f"circles of files: {len(together)}",
            *(f"  {' - '.join(circle)}" for circle in together),
            f"passages said twice ({LINES} lines and more): {len(said)}",
            *(f"  {passage}" for passage in said),
        ]
    )


def _among(graph: Graph, names: Sequence[str]) -> dict[str, set[str]]:
    return {name: graph[name] & set(names) for name in names}


def _tangle(graph: Graph) -> tuple[int, int, int]:
    """Names, floors and arrows."""
    return len(graph), max(floors(graph).values(), default=-1) + 1, arrows(graph)


def _ratio(lines: int, tested: int) -> tuple[int, int, str]:
    return lines, tested, f"{tested / lines:.2f}" if lines else ""


def _spread(values: Iterable[int]) -> tuple[int, int, int]:
    """Median, 90th percentile and largest: values that there are."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2], ordered[len(ordered) * 9 // 10], ordered[-1]


def _table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    cells = [list(header), *([str(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = []
    for name, *figures in cells:
        aligned = [figure.rjust(width) for figure, width in zip(figures, widths[1:], strict=True)]
        lines.append("  ".join([name.ljust(widths[0]), *aligned]).rstrip())
    return "\n".join(lines)
