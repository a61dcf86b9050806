"""Fifty odd studies and more: each has a page without a failed section, and every command has an answer."""

import math
import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from segaug.cli.main import main
from segaug.report.page import write_report
from segaug.results.store import Store
from segaug.visible import visible
from tests.report.odd_studies import ODD, WRITERS
from tests.report.test_page import Reader

QUICK = ("one_trial",)
SLOW = (  # of each kind of oddness one or two: what is there, who failed, laws, numbers, measures, names
    "one_seed", "two_sizes", "first_minutes", "no_baseline", "failed_with_escapes", "missing_cells", "all_diverged",
    "rising", "huge", "hd95_never_measured", "collapsed", "long_everything", "control_characters",
    "one_and_several_structures",
)  # fmt: skip
NO_NUMBER = re.compile(r"(?<![\w.-])(nan|inf|NaN|Infinity)(?![\w(-])")
WIDEST_PX = 12_000  # at 300 dots per inch
WIDEST_IN = 4.0  # of a panel on the page


def when(name: str) -> list[pytest.MarkDecorator]:
    """Quick ones in every run, some in CI, all before a release: each takes seconds."""
    if name in QUICK:
        return []
    return [pytest.mark.slow if name in SLOW else pytest.mark.exhaustive]


@pytest.fixture(params=[pytest.param(name, marks=when(name)) for name in WRITERS])
def study(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Store, str | None]:
    """Its store, and the metric of its page."""
    name = request.param
    return WRITERS[name](tmp_path / "studies" / name), ODD[name].metric if name in ODD else None


@pytest.mark.filterwarnings("ignore:Glyph")  # a script that the font for print lacks
@pytest.mark.timeout(900)
def test_an_odd_study_has_a_page_and_every_command_an_answer(study, dots, capsys):
    store, metric = study
    written = write_report(store.folder, metric)
    assert [str(failure) for failure in written.failures] == []
    look_at_page(written.page, store)
    look_at_figures(written.figures)
    assert {path.parent.name for path in store.folder.parent.rglob("*.png")} == {"figures"}, "a name left its folder"
    for command in commands(store, metric):
        assert main(command) in (0, 2)
        told = "".join(capsys.readouterr())
        assert not NO_NUMBER.findall(told), command
        assert "\x1b" not in told
        assert told.strip()


def commands(store: Store, metric: str | None) -> list[list[str]]:
    folder, measure = str(store.folder), metric or measured(store)
    fitted = ["--metric", metric] if metric else []
    return [
        ["fit", folder, *fitted],
        ["compare", folder, *fitted],
        ["need", folder, "--target", f"{measure}={0.85 if measure == 'dice' else 0.2}"],
        ["plan", "power", "--pilot", folder],
    ]


def measured(store: Store) -> str:
    return next((key for trial in store.records() for key in trial["test"]["best"] or ()), "bce")


def look_at_page(page: Path, store: Store) -> None:
    text = page.read_text()
    read, shown = Reader(text), text[text.index("<body>") :]
    assert not NO_NUMBER.findall(read.text)
    assert "Traceback (most recent" not in text
    assert len(read.ids) == len(set(read.ids))
    for cell in re.findall(r"<td[^>]*>(.*?)</td>", shown, re.DOTALL):
        assert cell.strip() not in ("None", "[]", "()", "{}")
    names = {visible(trial[key]) for trial in store.plan()["trials"] for key in ("task", "model", "strategy")}
    assert {name for name in names if name.strip() not in read.text} == set()
    labels = "\n".join(map(unescape, re.findall(r'aria-label="([^"]*)"', text)))
    assert {curve for curve in curves(store) if ", ".join(curve) not in labels} == set(), "no panel of their own"
    for graphic in re.findall(r"<svg.*?</svg>", shown, re.DOTALL):
        root = ElementTree.fromstring(graphic)
        look_at_svg(root)
        assert float(root.get("width", "0")) <= 96 * WIDEST_IN


def curves(store: Store) -> set[tuple[str, ...]]:
    """Those with a converged trial."""
    keys = ("task", "model", "strategy")
    return {tuple(visible(one[key]) for key in keys) for one in store.records() if one["status"] == "ok"}


def look_at_figures(paths: tuple[Path, ...]) -> None:
    assert paths
    for path in paths:
        if path.suffix == ".svg":
            look_at_svg(ElementTree.parse(path).getroot())
        else:
            with Image.open(path) as picture:
                assert max(picture.size) < WIDEST_PX, f"{path.name} is {picture.size}"


def look_at_svg(root: ElementTree.Element) -> None:
    box = root.get("viewBox")
    if box is not None:
        assert all(math.isfinite(float(value)) and float(value) >= 0 for value in box.split())
    for element in root.iter():
        assert not [value for name in ("d", "x", "y", "points") if "nan" in (value := element.get(name, ""))]
        assert not NO_NUMBER.findall(element.text or "")


def test_no_study_is_like_another_and_there_are_fifty():
    assert len(WRITERS) >= 50
    assert {*QUICK, *SLOW} < set(WRITERS)
