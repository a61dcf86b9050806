"""The rows of "Where does my change go" in CONTRIBUTING.md are true: each addition is made in a copy, and works there.

The strategy is README's, and `test_readme.py` makes it.
"""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.checkout import ROOT, copied, run
from tests.doors.doors import DOORS
from tests.tiny import TINY

IMAGES, PER_PATIENT = 60, 2
TRIAL = [word for word in TINY if not word.startswith("dataset")]
ROWS = {
    cells[0]: cells[1:]
    for line in (ROOT / "CONTRIBUTING.md").read_text().splitlines()
    if line.startswith("| a") and len(cells := [cell.strip() for cell in line.strip("|").split("|")]) == 4
}


def named(cell: str, name: str = "NAME") -> set[str]:
    """The files that a cell names."""
    return {path.replace("NAME", name) for path in re.findall(r"`([\w/.]+/[\w.]+\.\w+)`", cell)}


def row(door: str) -> list[str]:
    return next(cells for first, cells in ROWS.items() if first.split(" ", 1)[1].startswith(door))


@pytest.mark.parametrize("door", DOORS)
def test_a_row_names_all_that_is_written(door):
    files, lines, _ = row(door)
    assert named(files, DOORS[door].name) == set(DOORS[door].files)
    assert named(lines, DOORS[door].name) == {file for file, _, _ in DOORS[door].lines}
    assert int(re.match(r"\d+", lines)[0]) == len(DOORS[door].lines)


@pytest.mark.parametrize("cells", ROWS.values(), ids=ROWS)
def test_a_row_names_tests_that_there_are(cells):
    assert "segaug " in cells[2] or named(cells[2])
    assert [path for path in named(cells[2]) if not (ROOT / path).is_file()] == []


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with everything added, in which one trial with all of it is done."""
    folder = copied(tmp_path_factory.mktemp("newcomer"))
    for door in DOORS.values():
        door.open(folder)
    _draw_discs(folder / "discs")
    words = ["dataset=discs", "model=two_layers", "augment=red", "augment.stretch=2", "name=first", "cache=cache"]
    run(folder, "segaug", "train", *TRIAL, *words)
    return folder


def _draw_discs(folder: Path) -> None:
    row, column = np.mgrid[:16, :16]
    for number in range(IMAGES):
        rng = np.random.default_rng(number)
        mask = np.hypot(row - rng.uniform(6, 9), column - rng.uniform(6, 9)) < rng.uniform(3, 6)
        for part, pixels in (("images", 150 * mask + rng.integers(0, 60, mask.shape)), ("masks", mask)):
            (folder / part).mkdir(parents=True, exist_ok=True)
            name = f"p{number // PER_PATIENT:02}_{number:02}.png"
            Image.fromarray(pixels.astype(np.uint8)).save(folder / part / name)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_one_trial_has_the_new_data_set_model_option_and_measure(checkout):
    (path,) = (checkout / "results/first/trials").glob("*/record.json")
    record = json.loads(path.read_text())
    assert record["task"] == "discs"
    assert record["config"]["model"]["name"] == "two_layers"
    assert record["config"]["augment"]["stretch"] == 2
    assert 0 < record["test"]["best"]["accuracy"] <= 1


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_page_has_the_new_section(checkout):
    run(checkout, "segaug", "report", "first")
    assert "Seeds 0 to 0 were asked for." in (checkout / "results/first/report/index.html").read_text()


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_new_verb_is_a_command(checkout):
    assert "where" in run(checkout, "segaug", "--help")
    assert run(checkout, "segaug", "where").strip() == "results/first"


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_new_data_set_is_checked(checkout):
    assert "no problem found" in run(checkout, "segaug", "data", "check", "dataset=discs")


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("door", [door for door, addition in DOORS.items() if addition.lines])
def test_own_tests_and_those_that_come_by_themselves_pass(checkout, door):
    addition = DOORS[door]
    own = [file for file in addition.files if file.startswith("tests/")]
    by_themselves = sorted(named(row(door)[2]))
    run(checkout, "pytest", "-q", *own, *by_themselves)
