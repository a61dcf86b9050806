"""The picture of the house, as SVG: its layers on floors, and the rooms of each layer that has some."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from tests.house.graph import Graph
from tests.house.layout import Layout, layout
from tests.house.rooms import TOP, House

PLACE = "docs/house.svg"  # in the checkout; CONTRIBUTING.md shows it
WIDTH_PX = 1140.0
MARGIN_PX = 24.0
BOX_PX = 38.0  # height
FLOOR_PX = 78.0  # from floor to floor
TITLE_PX = 34.0
LETTER_PX = 7.9  # width of a letter of a box, 13 px high, in a font of one width
STYLE = """\
text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1c2733; }
.title { font-weight: bold; }
.small { font-size: 11px; fill: #52606d; }
rect { fill: #eef3f8; stroke: #6b7c8d; }
.way { fill: none; stroke: #6b7c8d; stroke-width: 1.2; }
.circle { fill: none; stroke: #c0392b; stroke-width: 2; }
#head path { fill: #6b7c8d; }
@media (prefers-color-scheme: dark) {
  text { fill: #e4eaf0; }
  .small { fill: #a7b3bf; }
  rect { fill: #22303d; stroke: #8798a8; }
  .way { stroke: #8798a8; }
  .circle { stroke: #ff8a7a; }
  #head path { fill: #8798a8; }
}"""


HEAD = (
    '<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0.5 L8 4 L0 7.5 z"/></marker>'
)


@dataclass(frozen=True)
class _Panel:
    """A drawing with its upper left corner at (0, 0)."""

    lines: Sequence[str]
    width: float
    height: float


def picture(house: House) -> str:
    """Equal imports give equal text."""
    counts = {place: len(house.files_in(place)) for place in house.rooms}
    panels = [_panel("layers", house.layers, _layer_notes(house))]
    for layer in house.layers:
        rooms = house.rooms_of(layer)
        if len(rooms) > 1:
            short = {room: room.removeprefix(f"{layer}/") if room != layer else f"{layer}/*.py" for room in rooms}
            graph = {short[room]: {short[other] for other in imported} for room, imported in rooms.items()}
            panels.append(_panel(f"{layer}/", graph, {short[room]: _files(counts[room]) for room in rooms}))
    lines, height = _packed(panels)
    single = sum(not file.startswith("__") for file in house.files_in(TOP))
    captions = (
        f"An arrow means: imports. Left out: arrows for which there is a longer way, and the {single} single files",
        f"at the top of {house.package.name}/, which everybody may import. `make house` draws this from the imports.",
    )
    lines += [_text(MARGIN_PX, height + 14 + 16 * row, caption, "small") for row, caption in enumerate(captions)]
    height += 30 + MARGIN_PX
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH_PX:.0f} {height:.0f}" '
            f'width="{WIDTH_PX:.0f}" height="{height:.0f}">',
            f"<title>The rooms of {house.package.name} and who imports whom</title>",
            f"<style>\n{STYLE}\n</style>",
            f"<defs>{HEAD}</defs>",
            *lines,
            "</svg>\n",
        ]
    )


def _layer_notes(house: House) -> dict[str, str]:
    notes = {}
    for layer in house.layers:
        rooms = house.rooms_of(layer)
        files = _files(sum(len(house.files_in(room)) for room in rooms))
        notes[layer] = files if len(rooms) == 1 else f"{files}, {len(rooms)} rooms"
    return notes


def _files(count: int) -> str:
    return f"{count} file" if count == 1 else f"{count} files"


def _packed(panels: Sequence[_Panel]) -> tuple[list[str], float]:
    """Panels side by side as far as they fit, and the height that they take."""
    lines: list[str] = []
    x = y = MARGIN_PX
    row = 0.0
    for panel in panels:
        if x > MARGIN_PX and x + panel.width > WIDTH_PX - MARGIN_PX:
            x, y, row = MARGIN_PX, y + row + MARGIN_PX, 0.0
        lines += [f'<g transform="translate({x:.0f} {y:.0f})">', *panel.lines, "</g>"]
        x, row = x + panel.width + 2 * MARGIN_PX, max(row, panel.height)
    return lines, y + row + MARGIN_PX


def _panel(title: str, graph: Graph, notes: Mapping[str, str]) -> _Panel:
    width = {name: 16 + max(len(name) * LETTER_PX, len(notes[name]) * LETTER_PX * 11 / 13) for name in graph}
    plan = layout(graph, width)
    top = max(plan.floor.values())

    def middle(floor: float) -> float:
        return TITLE_PX + BOX_PX / 2 + (top - floor) * FLOOR_PX

    lines = [_text(0, 12, title, "title")]
    lines += [_arrow([(x, middle(floor)) for x, floor in way]) for way in plan.ways]
    lines += _circles(plan, middle)
    for name in sorted(graph):
        x, y = plan.x[name], middle(plan.floor[name])
        lines.append(
            f'<rect x="{x - width[name] / 2:.1f}" y="{y - BOX_PX / 2:.1f}" width="{width[name]:.1f}" '
            f'height="{BOX_PX:.0f}" rx="5"/>'
        )
        lines.append(_text(x, y - 2, name, middle=True))
        lines.append(_text(x, y + 13, notes[name], "small", middle=True))
    return _Panel(lines, max(plan.width, len(title) * LETTER_PX), middle(0) + BOX_PX / 2)


def _arrow(points: Sequence[tuple[float, float]]) -> str:
    """A curve down from box to box through the bends, upright at each."""
    (x, y), *bends, (end_x, end_y) = points
    stops = [(x, y + BOX_PX / 2), *bends, (end_x, end_y - BOX_PX / 2 - 1)]
    path = f"M{stops[0][0]:.1f} {stops[0][1]:.1f}"
    for (from_x, from_y), (to_x, to_y) in pairwise(stops):
        half = (from_y + to_y) / 2
        path += f" C{from_x:.1f} {half:.1f} {to_x:.1f} {half:.1f} {to_x:.1f} {to_y:.1f}"
    return f'<path class="way" d="{path}" marker-end="url(#head)"/>'


def _circles(plan: Layout, middle: Callable[[float], float]) -> list[str]:
    """Rooms that import each other, joined in red below."""
    lines = []
    for name, other in plan.circles:
        y = middle(plan.floor[name]) + BOX_PX / 2
        x, end_x = plan.x[name], plan.x[other]
        down = f"{x:.1f} {y + 24:.1f} {end_x:.1f} {y + 24:.1f}"
        lines.append(f'<path class="circle" d="M{x:.1f} {y:.1f} C{down} {end_x:.1f} {y:.1f}"/>')
    return lines


def _text(x: float, y: float, text: str, kind: str = "", *, middle: bool = False) -> str:
    attributes = (f' class="{kind}"' if kind else "") + (' text-anchor="middle"' if middle else "")
    return f'<text x="{x:.1f}" y="{y:.1f}"{attributes}>{escape(text)}</text>'
