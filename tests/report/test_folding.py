"""Length of the page: what stands open, what is folded under its finding, and captions of two lines."""

import re

import pytest

from segaug.report.blocks.tables import Table

OPEN = ["answers", "cautions", "curves", "comparison"]
FOLDED = [
    "dice", "verdicts", "laws", "checks", "measures", "structures", "variance", "planning", "divergence", "training",
    "trials", "data", "protocol", "checklist",
]  # fmt: skip
TWO_LINES = 184  # characters: two lines of 92


@pytest.fixture(scope="module")
def sections(troubled_report) -> list:
    return troubled_report[1]


@pytest.fixture(scope="module")
def page(troubled_report) -> str:
    return troubled_report[0].page.read_text()


def test_answers_come_first_and_what_they_rest_on_stands_open(sections):
    assert [section.anchor for section in sections if not section.finding] == OPEN
    assert [section.anchor for section in sections][: len(OPEN)] == OPEN


def test_what_is_folded_says_its_finding(sections):
    folded = [section for section in sections if section.finding]
    assert [section.anchor for section in folded] == [name for name in FOLDED if name != "structures"]
    for section in folded:
        assert re.fullmatch(r"\S.*[^.]\.", section.finding)
        assert len(section.finding) < 200


def test_links_lead_inside_what_is_folded(page):
    """A browser opens a fold whose inside it is sent to."""
    for name in FOLDED:
        if f'href="#{name}"' in page:
            before = page[: page.index(f' id="{name}"')]
            assert before.count("<details") > before.count("</details>")


def test_paper_shows_what_is_folded(page):
    printed = page[page.index("@media print") :]
    assert "details::details-content { content-visibility: visible" in printed


def test_captions_are_two_lines_and_how_to_read_them_is_behind(page):
    page = re.sub(r'<div class="pictures">.*?</div>', "", page, flags=re.DOTALL)  # titles, not captions
    captions = re.findall(r'<(?:figcaption|div class="above")>(.*?)</(?:figcaption|div)>', page, flags=re.DOTALL)
    assert len(captions) > 20
    for caption in captions:
        brief, *reading = caption.split('<details class="reading">')
        assert len(brief.strip()) <= TWO_LINES
        assert brief.strip().endswith(".")
        assert all("How to read this</summary><p>" in text for text in reading)


def table(*rows: tuple[str, ...]) -> Table:
    return Table("", ("task", "model", "strategy", "N"), rows, strategy_column=2)


def test_a_name_that_all_rows_share_is_told_once():
    long = "phantom_blob(images=60,size=16)"
    alike = table((long, "nnunet", "red", "1"), (long, "swin_unet", "red", "2"))
    assert alike.same == (("task", long),)
    assert alike.shown == (1, 2, 3)
    assert table(("a", "m", "red", "1"), ("b", "n", "red", "1")).same == ()
    assert table().shown == (0, 1, 2, 3)
