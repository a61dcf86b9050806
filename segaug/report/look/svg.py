"""Turn a matplotlib figure into SVG for the page: text stays text, colours become CSS variables, ids stay unique."""

import io
import re
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from matplotlib.figure import Figure

from segaug.report.look.palette import LIGHT
from segaug.visible import visible

PRINT_DPI = 300  # of pictures for a paper
_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_HREF = f"{{{_XLINK}}}href"
_NOTHING = {"Date": None, "Creator": None, "Format": None, "Type": None}  # no metadata: equal input, equal bytes
_VARIABLES = {value: f"var(--{name})" for name, value in LIGHT.items()}
_COLOUR = re.compile("|".join(_VARIABLES))
_FONT = re.compile(r"'DejaVu Sans'[^;]*")

ElementTree.register_namespace("", _SVG)


def standalone(figure: Figure) -> bytes:
    """The figure as an SVG file of its own, in the light colours."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata=_NOTHING)
    return visible(buffer.getvalue().decode()).encode()


def raster(figure: Figure) -> bytes:
    """The figure as PNG for print."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=PRINT_DPI, metadata={"Software": None})
    return buffer.getvalue()


def inline(figure: Figure, key: str, label: str, tooltips: Mapping[str, Sequence[str]] | None = None) -> str:
    """The figure as an <svg> element for the page.

    key: its id and the prefix of every id in it, unique on the page.  label: what a screen reader says.
    tooltips: gid of a scatter -> one text per point, in the order drawn.
    """
    root = ElementTree.fromstring(standalone(figure))
    for style in root.findall(f".//{{{_SVG}}}defs[{{{_SVG}}}style]"):
        root.remove(style)  # a rule for `*` that would reach the whole page
    for gid, texts in (tooltips or {}).items():
        _add_titles(root, gid, texts)
    _prefix_ids(root, key)
    root.set("id", key)
    _describe(root, label)
    _take_style_of_page(root)
    return ElementTree.tostring(root, encoding="unicode").replace(f' xmlns="{_SVG}"', "", 1)  # HTML knows <svg> without


def _take_style_of_page(root: ElementTree.Element) -> None:
    """Colours and font; names that look like one of them are text."""
    for element in root.iter():
        if style := element.get("style"):
            coloured = _COLOUR.sub(lambda match: _VARIABLES[match[0]], style)
            element.set("style", _FONT.sub("var(--sans)", coloured))


def _describe(root: ElementTree.Element, label: str) -> None:
    width = float(root.get("viewBox", "0 0 0 0").split()[2])
    root.attrib.pop("height", None)
    root.set("width", f"{width / 0.75:.0f}")  # points to CSS pixels
    root.set("role", "img")
    root.set("aria-label", label)


def _add_titles(root: ElementTree.Element, gid: str, texts: Sequence[str]) -> None:
    """Give each point of a scatter its <title>, and say its style once for all points."""
    group = root.find(f".//*[@id='{gid}']")
    if group is None:
        raise LookupError(f"the figure has no scatter with gid {gid}")
    points = group.findall(f".//{{{_SVG}}}use")
    for point, text in zip(points, texts, strict=True):
        group.set("style", point.attrib.pop("style"))
        ElementTree.SubElement(point, f"{{{_SVG}}}title").text = text


def _prefix_ids(root: ElementTree.Element, key: str) -> None:
    """Rename all ids and what refers to them; ids that nothing refers to are dropped."""
    elements = list(root.iter())
    values = [value for element in elements for value in element.attrib.values()]
    used = {name for value in values for name in re.findall(r"#([\w.]+)", value)}
    for element in elements:
        name = element.attrib.pop("id", None)
        if name in used:
            element.set("id", f"{key}-{name}")
        for old, new in ((_HREF, "href"), ("clip-path", "clip-path")):
            if old in element.attrib:
                element.set(new, element.attrib.pop(old).replace("#", f"#{key}-"))
