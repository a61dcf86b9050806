"""A name is text on the page, wherever it stands there: in elements, attributes, titles, drawings and data."""

import re
from html.parser import HTMLParser
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from segaug.file_name import file_name
from segaug.report.curves import curves_section
from segaug.report.page import write_report
from tests.report.odd_studies import Odd

TASK = (
    "\"><img src=x onerror=alert(1)> </title></style><script>alert(2)</script> ]]>--> 'DejaVu Sans' #0b5f97 $\\frac{$"
)
STRATEGY = (
    "x' onmouseover='alert(3)' y=\" onfocus=\"alert(4)\" <svg/onload=alert(5)> {{ 7*7 }} {% raw %} &lt;b&gt; ${x}"
)
MODEL = ' xmlns="http://www.w3.org/2000/svg" javascript:alert(6) <!-- url(http://evil)'
ELEMENTS = {"script", "img", "iframe", "object", "embed", "link", "base", "form", "input", "a"}


class Reader(HTMLParser):
    """Elements, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.comments = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.comments += 1


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    study = tmp_path_factory.mktemp("studies") / "<script>alert(0)"
    odd = Odd(tasks=(TASK,), models=(MODEL,), strategies=("baseline", STRATEGY), sizes=(4, 8), seeds=2)
    written = write_report(odd.write(study).folder)
    assert not written.failures
    return written.page.read_text()


def test_names_make_no_element_and_no_attribute(page):
    read = Reader(page)
    assert set(read.tags) & ELEMENTS <= {"link", "a"}
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    links = [value for name, value in read.attributes if name in ("href", "src", "xlink:href")]
    assert all(value.startswith(("#", "data:")) for value in links)
    assert read.comments == 0
    assert page.count("<style>") == page.count("</style>") == page.count("</title>\n") == 1


def test_names_are_read_as_they_are(page):
    read = Reader(page)
    for name in (TASK, STRATEGY, MODEL.strip()):
        assert name in read.text
    labels = [value for name, value in read.attributes if name == "aria-label"]
    assert [label for label in labels if TASK in label and MODEL in label and STRATEGY in label]


def test_drawings_stay_whole(page):
    drawings = re.findall(r"<svg.*?</svg>", page[page.index("<body>") :], re.DOTALL)
    assert len(drawings) > 10
    for drawing in drawings:
        ElementTree.fromstring(drawing)


def test_a_task_and_a_model_that_read_alike_have_figures_of_their_own(monkeypatch):
    monkeypatch.setattr(curves_section.captions, "single_note", lambda _: "")
    groups = [("a", "b_c"), ("a_b", "c"), ("lung", "net")]
    found = curves_section._singles(SimpleNamespace(fitted_groups=groups, measured=SimpleNamespace(stem="bce")))
    assert len(found) == len(set(map(file_name, found))) == 3
    assert "curves_bce_lung_net" in found
