"""The picture in CONTRIBUTING.md shows the house as it is."""

import re
from xml.etree import ElementTree

from tests.house.here import HOUSE, ROOT
from tests.house.picture import PLACE, picture

SVG = "{http://www.w3.org/2000/svg}"


def test_the_committed_picture_is_what_the_imports_say():
    assert (ROOT / PLACE).read_text() == picture(HOUSE), "it has gone stale: `make house` draws it again"


def test_contributing_shows_it():
    assert f"]({PLACE})" in (ROOT / "CONTRIBUTING.md").read_text()


def test_every_layer_and_room_stands_in_it_with_its_files(built):
    house = built(
        {
            "rng.py": "",
            "data/task.py": "",
            "analysis/interval.py": "from segaug.data import task",
            "analysis/law/fit.py": "from segaug.analysis import interval",
            "analysis/law/solver.py": "",
        }
    )
    drawn = ElementTree.fromstring(picture(house))
    words = [text.text for text in drawn.iter(f"{SVG}text")]
    for name, note in (
        ("data", "1 file"),
        ("analysis", "3 files, 2 rooms"),
        ("law", "2 files"),
        ("analysis/*.py", "1 file"),
    ):
        assert words[words.index(name) + 1] == note
    assert len(list(drawn.iter(f"{SVG}rect"))) == 4
    assert sum(path.get("class") == "way" for path in drawn.iter(f"{SVG}path")) == 2  # analysis > data, law > *.py
    assert "the 1 single files" in "".join(words)


def test_rooms_that_import_each_other_are_marked(built):
    files = {"report/page.py": "import segaug.report.look.theme", "report/look/theme.py": "import segaug.report.page"}
    assert 'class="circle"' in picture(built(files))
    assert 'class="circle"' not in picture(built(files | {"report/look/theme.py": ""}))


def test_nothing_is_drawn_outside():
    drawn = ElementTree.fromstring(picture(HOUSE))
    width = float(drawn.get("viewBox").split()[2])
    for group in drawn.iter(f"{SVG}g"):
        left = float(re.match(r"translate\(([\d.]+)", group.get("transform"))[1])
        assert all(left + float(box.get("x")) + float(box.get("width")) <= width for box in group.iter(f"{SVG}rect"))
