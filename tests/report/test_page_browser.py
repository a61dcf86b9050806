"""The page in a real browser: it lays out, on a laptop and on a phone, in light and in dark, without a complaint."""

import json
import re
import shutil
from html import escape, unescape
from pathlib import Path
from subprocess import run

import pytest

from segaug.report.page import write_report
from tests.report.paired_study import write_paired_study

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs chromium on PATH")]
LAPTOP, SMALL_LAPTOP, PHONE = 1366, 1280, 390  # CSS pixels
DARK = "--blink-settings=preferredColorScheme=0"
MEASURE = """<script>
  const box = (query) => [...document.querySelectorAll(query)].map((e) => e.getBoundingClientRect());
  const wide = [...document.querySelectorAll("main *")].filter((e) => !e.closest(".scroll, svg, pre"));
  const found = {
    window: innerWidth,
    page: document.documentElement.scrollWidth,
    height: document.documentElement.scrollHeight,
    wide: [...document.querySelectorAll(".scroll")].filter((e) => e.scrollWidth > e.clientWidth + 1).length,
    shown: [...document.querySelectorAll(".inside")].map((e) => e.checkVisibility()),
    right: Math.max(...wide.map((e) => e.getBoundingClientRect().right)),
    charts: box(".chart svg").map((b) => [b.width, b.height]),
    signs: box(".sign > svg > use").map((b) => [b.width, b.height]),
    pictures: [...document.images].map((e) => e.naturalWidth),
    background: getComputedStyle(document.body).backgroundColor,
    text: parseFloat(getComputedStyle(document.querySelector(".chart text")).fontSize) *
          document.querySelector(".chart svg").getScreenCTM().a,
  };
  parent.document.body.textContent = JSON.stringify(found);
</script>"""
FRAME = """<!doctype html><meta name="color-scheme" content="light dark"><body>
<iframe style="border: 0; width: {width}px; height: 900px" srcdoc="{page}"></iframe></body>"""


@pytest.fixture(scope="module")
def page(troubled_report) -> Path:
    return troubled_report[0].page


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of one task, one model and two strategies."""
    folder = tmp_path_factory.mktemp("studies") / "paired"
    write_paired_study(folder)
    return write_report(folder).page


def opened(text: str) -> str:
    """A page with everything unfolded."""
    return text.replace("<details", "<details open")


def browse(page: Path, tmp_path: Path, *options: str, goal: str = "") -> tuple[str, list[str]]:
    """Standard output and console messages of a headless browser."""
    quiet = ("gpu", "quic", "background-networking", "component-update", "sync")
    command = [
        CHROMIUM, "--headless", "--no-sandbox", "--no-first-run", "--hide-scrollbars", "--enable-logging=stderr",
        *(f"--disable-{name}" for name in quiet), f"--user-data-dir={tmp_path / 'profile'}",
        f"--window-size={LAPTOP},900", *options, page.as_uri() + goal,
    ]  # fmt: skip
    done = run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def measure(page: str, tmp_path: Path, width: int, *options: str) -> dict:
    """What the layout comes to at a width; a frame, for the window itself is never narrower than 500 pixels."""
    copy = page.replace("</body>", MEASURE + "</body>")
    frame = tmp_path / "frame.html"
    frame.write_text(FRAME.format(width=width, page=escape(copy)))
    dom, _ = browse(frame, tmp_path, "--dump-dom", *options)
    return json.loads(unescape(re.search(r"<body>(.*?)</body>", dom, re.DOTALL)[1]))


def test_the_console_stays_silent(page, tmp_path):
    assert browse(page, tmp_path, "--dump-dom")[1] == []
    broken = tmp_path / "broken.html"
    broken.write_text("<script>nothing.there</script>")
    assert browse(broken, tmp_path, "--dump-dom")[1] != []  # so it would have been heard


@pytest.mark.parametrize("width", [LAPTOP, PHONE])
def test_charts_and_pictures_are_there_and_nothing_sticks_out(page, tmp_path, width):
    found = measure(opened(page.read_text()), tmp_path, width)
    assert found["window"] == width
    assert found["page"] <= width
    assert found["right"] <= width
    assert len(found["charts"]) == page.read_text().count('<div class="chart">') > 30
    assert all(box_width > 250 and height > 60 for box_width, height in found["charts"])
    assert all(min(box) > 5 for box in found["signs"])
    assert all(natural > 200 for natural in found["pictures"])
    assert found["text"] >= 9


def test_dark_is_dark(page, tmp_path):
    light, dark = (measure(page.read_text(), tmp_path, LAPTOP, *options) for options in ((), (DARK,)))
    assert light["background"] == "rgb(255, 255, 255)"
    assert max(map(int, re.findall(r"\d+", dark["background"]))) < 40


def test_it_draws(page, tmp_path):
    picture = tmp_path / "page.png"
    browse(page, tmp_path, f"--screenshot={picture}")
    assert picture.stat().st_size > 20_000


@pytest.mark.parametrize(("width", "most"), [(SMALL_LAPTOP, 5000), (PHONE, 8000)])
def test_a_folded_page_is_short(plain, tmp_path, width, most):
    found = measure(plain.read_text(), tmp_path, width)
    assert found["height"] < most
    assert set(found["shown"]) == {False}


def test_tables_of_one_task_fit_a_small_laptop(plain, tmp_path):
    assert measure(opened(plain.read_text()), tmp_path, SMALL_LAPTOP)["wide"] == 0


def test_on_paper_everything_is_there(plain, tmp_path):
    """What print rules do, done on the screen."""
    found = measure(plain.read_text().replace("@media print", "@media screen"), tmp_path, LAPTOP)
    assert set(found["shown"]) == {True}


def test_a_link_opens_what_is_folded(plain, tmp_path):
    page = tmp_path / "page.html"
    told = "document.title = document.querySelector('#laws').closest('details').open"
    page.write_text(plain.read_text().replace("</body>", f"<script>setTimeout(() => {told}, 500)</script></body>"))
    for goal, unfolded in (("", "false"), ("#laws", "true")):
        dom, _ = browse(page, tmp_path, "--dump-dom", "--virtual-time-budget=2000", goal=goal)
        assert f"<title>{unfolded}</title>" in dom
