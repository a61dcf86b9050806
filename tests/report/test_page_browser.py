"""The page in a real browser: it lays out, on a laptop and on a phone, in light and in dark, without a complaint."""

import json
import re
import shutil
from html import escape, unescape
from pathlib import Path
from subprocess import run

import pytest

from segaug.report.page import write_report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="needs chromium on PATH")]
LAPTOP, PHONE = 1366, 390  # CSS pixels
DARK = "--blink-settings=preferredColorScheme=0"
MEASURE = """<script>
  const box = (query) => [...document.querySelectorAll(query)].map((e) => e.getBoundingClientRect());
  const wide = [...document.querySelectorAll("main *")].filter((e) => !e.closest(".scroll, svg, pre"));
  const found = {
    window: innerWidth,
    page: document.documentElement.scrollWidth,
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
def page(troubled: Path) -> Path:
    return write_report(troubled).page


def browse(page: Path, tmp_path: Path, *options: str) -> tuple[str, list[str]]:
    """Standard output and console messages of a headless browser."""
    quiet = ("gpu", "quic", "background-networking", "component-update", "sync")
    command = [
        CHROMIUM, "--headless", "--no-sandbox", "--no-first-run", "--hide-scrollbars", "--enable-logging=stderr",
        *(f"--disable-{name}" for name in quiet), f"--user-data-dir={tmp_path / 'profile'}",
        f"--window-size={LAPTOP},900", *options, page.as_uri(),
    ]  # fmt: skip
    done = run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def measure(page: Path, tmp_path: Path, width: int, *options: str) -> dict:
    """What the layout comes to at a width; a frame, for the window itself is never narrower than 500 pixels."""
    copy = page.read_text().replace("</body>", MEASURE + "</body>")
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
    found = measure(page, tmp_path, width)
    assert found["window"] == width
    assert found["page"] <= width
    assert found["right"] <= width
    assert len(found["charts"]) == page.read_text().count('<div class="chart">') > 30
    assert all(box_width > 250 and height > 60 for box_width, height in found["charts"])
    assert all(min(box) > 5 for box in found["signs"])
    assert all(natural > 200 for natural in found["pictures"])
    assert found["text"] >= 9


def test_dark_is_dark(page, tmp_path):
    light, dark = measure(page, tmp_path, LAPTOP), measure(page, tmp_path, LAPTOP, DARK)
    assert light["background"] == "rgb(255, 255, 255)"
    assert max(map(int, re.findall(r"\d+", dark["background"]))) < 40


def test_it_draws(page, tmp_path):
    picture = tmp_path / "page.png"
    browse(page, tmp_path, f"--screenshot={picture}")
    assert picture.stat().st_size > 20_000
