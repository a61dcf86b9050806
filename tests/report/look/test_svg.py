"""Inline SVG: unique ids, colours as variables, text as text, one tooltip per point."""

import ast
import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from segaug.report.look import svg
from segaug.report.look.palette import LIGHT
from segaug.report.look.theme import new_figure, themed


@pytest.fixture(scope="module")
def drawn() -> str:
    return draw("left")


def draw(key: str) -> str:
    with themed():
        figure = new_figure(2, 2)
        axes = figure.subplots()
        axes.scatter([1, 2, 3], [1, 2, 3], color=LIGHT["blue"], gid="dots")
        axes.set_title("a < b")
        return svg.inline(figure, key, 'say "it"', {"dots": ["one", "<two>", "three"]})


def test_it_is_well_formed_without_names_of_other_places(drawn):
    assert ElementTree.fromstring(drawn).get("aria-label") == 'say "it"'
    assert "http" not in drawn


def test_colours_of_the_palette_become_variables(drawn):
    assert {"var(--blue)", "var(--ink)"} <= set(re.findall(r"var\(--\w+\)", drawn))
    assert not [name for name, colour in LIGHT.items() if colour in drawn]


def test_text_stays_text_in_the_font_of_the_page(drawn):
    assert "a &lt; b</text>" in drawn
    assert " var(--sans)" in drawn
    assert "DejaVu" not in drawn


def test_every_point_has_its_tooltip(drawn):
    assert re.findall(r"<title>(.*?)</title>", drawn) == ["one", "&lt;two&gt;", "three"]


def test_points_keep_their_colour(drawn):
    groups = ElementTree.fromstring(drawn).iter("g")
    styles = [group.get("style", "") for group in groups if group.find(".//use/title") is not None]
    assert any("fill: var(--blue)" in style for style in styles)


def test_references_meet_ids_and_ids_of_two_figures_do_not():
    ids = {}
    for key in ("left", "right"):
        text = draw(key)
        ids[key] = set(re.findall(r'\bid="([^"]+)"', text))
        assert ids[key] - {key} == set(re.findall(r'href="#([^"]+)"', text)) | set(re.findall(r"url\(#([^)]+)\)", text))
    assert not ids["left"] & ids["right"]


def test_a_tooltip_without_its_points_is_an_error():
    with themed(), pytest.raises(LookupError, match="dots"):
        svg.inline(new_figure(1, 1), "key", "label", {"dots": ["one"]})


def test_equal_figures_give_equal_bytes(drawn):
    assert draw("left") == drawn


def test_a_picture_for_a_paper_has_300_dots_an_inch(dots, monkeypatch):
    """As it is imported: other tests draw with fewer."""
    fresh = ast.parse(Path(svg.__file__).read_text())
    assert "PRINT_DPI = 300" in map(ast.unparse, fresh.body)
    monkeypatch.setattr(svg, "PRINT_DPI", 100)
    with themed():
        picture = Image.open(io.BytesIO(svg.raster(new_figure(2, 1.5))))
    assert picture.size == (200, 150)
    assert picture.info["dpi"] == pytest.approx((100, 100), abs=0.1)
