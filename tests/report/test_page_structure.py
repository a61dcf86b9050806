"""Structure of the page: which sections stand there, in which order, what is absent, anchors, links and facts."""

import json
import re
from collections import Counter
from pathlib import Path
from unittest.mock import patch

import pytest
from matplotlib.figure import Figure

from segaug.report import page as page_module
from segaug.report.blocks.figure_files import write_figures
from segaug.report.blocks.section import Heading, Items, Panels, Section, Text
from segaug.report.blocks.tables import Table
from segaug.report.page import write_report
from tests.report.conftest import write_card
from tests.report.made_sections import MAKERS, Page, page_of
from tests.report.odd_studies import Odd

ORDER = [
    "answers", "cautions", "curves", "comparison", "dice", "ways", "addition", "sites", "synthesis", "policies",
    "diagnostics", "verdicts", "laws", "checks", "measures", "structures", "variance", "planning", "divergence",
    "training", "trials", "data", "protocol", "checklist",
]  # fmt: skip


def test_the_sections_stand_in_this_order():
    assert list(MAKERS) == ORDER


def there(page: Page) -> set[str]:
    return {anchor for anchor in ORDER if page.section(anchor) is not None}


LAWS = ["verdicts", "laws", "checks"]
PLAIN_NUMBER = re.compile(r"-?[\d,.]+")
NO_LAW = {"laws", "checks", "structures"}
# one source, and one site; no made images; no look at layers; one way; nothing learned along
NOT_ASKED = {"addition", "sites", "synthesis", "diagnostics", "ways", "policies"}


@pytest.mark.parametrize(
    ("odd", "absent"),
    [
        (Odd(strategies=("baseline",), sizes=(4,), seeds=1), {"comparison", "dice", "variance", "planning"}),
        (Odd(sizes=(4,), seeds=2, change=lambda trial: {**trial, "cases": None}), {"variance"}),
        (Odd(sizes=(4,), seeds=2, diverged=lambda _: True), {"dice", "variance", "planning"}),
    ],
)
def test_a_section_with_nothing_to_show_is_absent_and_the_others_are_there(tmp_path, odd, absent):
    page = page_of(tmp_path / "odd", odd)
    assert set(ORDER) - there(page) == NO_LAW | NOT_ASKED | absent


def test_what_cannot_be_compared_is_one_paragraph(tmp_path):
    odd = Odd(sizes=(4,), seeds=4, planned=lambda cell: (cell.seed < 2) == (cell.strategy == "red"))
    section = page_of(tmp_path / "apart", odd).section("comparison")
    assert section.blocks == (Text("Nothing is compared: no strategy shares a size and a seed with baseline."),)
    assert dict(section.figures) == {}


@pytest.mark.parametrize("name", ["paired", "counted"])
def test_anchors_links_and_figures_are_unique(known, name):
    page = known(name)
    sections = [section for anchor in ORDER if (section := page.section(anchor)) is not None]
    assert [section.anchor for section in sections] == [anchor for anchor in ORDER if page.section(anchor)]
    for words in ("anchor", "title", "link"):
        assert len({getattr(section, words) for section in sections}) == len(sections)
    assert all(section.title and section.link and section.blocks for section in sections)
    figures = Counter(figure for section in sections for figure in section.figures)
    assert set(figures.values()) == {1}
    assert {"curves_bce", "curves_dice", "curves_hd95", "curves_bce_recalibrated"} <= set(figures)
    assert ("laws_bce" in figures) == (name != "counted")
    assert ("divergence" in figures) == (name == "counted")


@pytest.mark.parametrize(("name", "anchors"), [("paired", ORDER), ("lawful", LAWS), ("counted", ORDER)])
def test_every_cell_of_every_table_says_something(known, name, anchors):
    page = known(name)
    found = [table for anchor in anchors for table in page.all(anchor, Table)]
    assert len(found) > 3
    for table in found:
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert all(place < len(table.columns) for place in table.number_columns)
        cells = [(place, cell) for row in table.rows for place, cell in enumerate(row)]
        assert not [cell for place, cell in cells if re.search(r"\b(nan|inf|None)\b", cell)]
        assert not [cell for place, cell in cells if not cell.strip() and table.columns[place] != "part"]
        if table.strategy_column is not None:
            assert table.columns[table.strategy_column] == "strategy"
            assert {row[table.strategy_column] for row in table.rows} <= set(page.study.strategies)


@pytest.mark.parametrize(("name", "anchors"), [("paired", ORDER), ("lawful", LAWS), ("counted", ORDER)])
def test_numbers_are_set_to_the_right_and_words_are_not(known, name, anchors):
    tables = [table for anchor in anchors for table in known(name).all(anchor, Table) if table.number_columns]
    assert len(tables) > 3
    for table in tables:
        columns = list(zip(*table.rows, strict=True))
        numbers = {place for place, cells in enumerate(columns) if all(map(PLAIN_NUMBER.fullmatch, cells))}
        words = {place for place, cells in enumerate(columns) if not re.search(r"\d|–", "".join(cells))}
        assert numbers <= table.number_columns, table.caption
        assert not words & table.number_columns, table.caption


@pytest.mark.parametrize("name", ["paired", "counted"])
def test_captions_end_as_sentences_and_panels_have_labels_of_their_own(known, name):
    page = known(name)
    for anchor in ORDER:
        for panels in page.all(anchor, Panels):
            brief, *reading = panels.caption.split("\n")
            assert brief.endswith(".")
            assert len(reading) <= 1
            labels = [str(label) for group in panels.groups for label in group]
            assert len(labels) == len(set(labels)) == panels.count > 0
        assert not [block for block in page.all(anchor, Items) if not block.items]


PLAIN = (
    Section("answers", "Answers", "Answers", (Text("the answer"),), style="answers"),
    Section("cautions", "Read first", "Read first", (Text("the caution"),), style="cautions"),
    Section("laws", "Fitted laws", "Laws", (Text("the laws"),), finding="What they found."),
)


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> str:
    """A page of three plain sections and of nothing else."""
    odd = Odd(tasks=("heart", "lung"), sizes=(4,), seeds=1, missing=lambda cell: cell[:3] == ("lung", "nnunet", "red"))
    store = odd.write(tmp_path_factory.mktemp("pages") / "plain")
    with patch.object(page_module, "SECTIONS", [lambda _, made=made: made for made in (*PLAIN, None)]):
        return write_report(store.folder).page.read_text()


def test_the_head_counts_the_study(plain):
    assert re.findall(r"<div><dt>(.*?)</dt><dd>(.*?)</dd></div>", plain) == [
        ("tasks", "2"), ("model", "1"), ("strategies", "2"), ("size", "1"), ("seed", "1"),
        ("trials finished", "3 of 4"), ("spent", "0.0 core-hours"),
    ]  # fmt: skip
    (lede,) = re.findall(r'<p class="lede">(.*?)</p>', plain, flags=re.DOTALL)
    assert " ".join(lede.split()) == (
        "How test error falls with the number of labelled training images: heart, lung; nnunet; N = 4."
    )
    assert "<h1>plain</h1>" in plain


def test_answers_stand_above_the_facts_and_the_others_below_in_order(plain):
    places = [plain.index(text) for text in ("the answer", '<dl class="facts">', "<nav", "the caution", "the laws")]
    assert places == sorted(places)
    assert plain.count("the answer") == 1
    assert re.findall(r'<a href="#(\w+)">(.*?)</a>', plain) == [
        ("answers", "Answers"), ("cautions", "Read first"), ("laws", "Laws"),
    ]  # fmt: skip
    assert [anchor for anchor in ("answers", "cautions", "laws") if plain.count(f'id="{anchor}"') == 1] == [
        "answers", "cautions", "laws",
    ]  # fmt: skip
    (fold,) = re.findall(r'<details>\n<summary><h2>(.*?)</h2> <span class="finding">(.*?)</span>', plain)
    assert fold == ("Fitted laws", "What they found.")


def test_a_figure_is_a_picture_and_a_drawing_of_its_name(tmp_path, dots):
    paths, failures = write_figures({"one/bce": lambda: Figure(figsize=(0.2, 0.2))}, tmp_path)
    picture, drawing = paths
    assert failures == ()
    assert picture.parent == drawing.parent == tmp_path / "report" / "figures"
    assert (picture.stem, picture.suffix, drawing.suffix) == (drawing.stem, ".png", ".svg")
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in drawing.read_bytes()


def change_card(folder: Path, **facts: object) -> None:
    path = folder / "card.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **facts}))


@pytest.fixture(scope="module")
def carded(tmp_path_factory) -> Page:
    """heart has a card of three channels, two sources and two structures; liver a plain one; lung none."""
    folder = tmp_path_factory.mktemp("cards") / "carded"
    store = Odd(tasks=("heart", "liver", "lung"), strategies=("baseline",), sizes=(4,), seeds=1).write(folder)
    write_card(store.folder / "cards" / "heart", ("baseline",), structures=("rv", "lv"), channels=3)
    change_card(store.folder / "cards" / "heart", sources=["site a", "site b"], images=90, licence="")
    write_card(store.folder / "cards" / "liver", ("baseline",), structures=("lung",))
    change_card(store.folder / "cards" / "liver", sources=["one site"])
    return Page(store.folder)


@pytest.mark.parametrize(
    ("task", "fact", "value"),
    [
        ("liver", "images come from", None),
        ("liver", "colour", None),
        ("liver", "structure", "lung"),
        ("liver", "structures", None),
        ("liver", "foreground share", "0.163"),
        ("liver", "pixel [mm]", "1.50 × 1.50"),
        ("liver", "images for test", "30"),
        ("liver", "licence", "CC0-1.0"),
        ("liver", "citation", None),
        ("heart", "images come from", "site a, site b"),
        ("heart", "colour", "3 channels; grey images repeated in them: 7"),
        ("heart", "structure", None),
        ("heart", "structures", "2: rv, lv"),
        ("heart", "foreground share", "rv 0.100, lv 0.200"),
        ("heart", "licence", None),
        ("heart", "images", "90"),
    ],
)
def test_a_card_tells_what_its_data_set_has(carded, task, fact, value):
    cards = {card.task: card for card in carded.section("data").blocks}
    assert dict(cards[task].facts.rows).get(fact) == value


def test_cards_that_are_there_say_how_large_the_sets_are(carded):
    heart, liver, lung = carded.section("data").blocks
    assert (lung.facts, lung.pictures, lung.extent) == (None, (), "")
    assert [len(card.outlines) for card in (heart, liver)] == [2, 0]
    assert [picture.title for picture in heart.pictures] == ["baseline"]
    assert carded.finding("data") == (
        "heart (90 images of 120 patients), liver (120 images of 120 patients), lung."
    )  # fmt: skip


def test_licences_are_listed_where_a_card_names_one(carded):
    assert "liver: CC0-1.0" in carded.sentences("protocol")
    assert not [line for line in carded.sentences("protocol") if line.startswith(("heart", "lung"))]
    assert [block.text for block in carded.all("protocol", Heading)] == ["Licences", "Plan"]
