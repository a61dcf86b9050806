"""Whatever the names of a study or a table are, commands write into the study or beside the table, nowhere else."""

import io
from pathlib import Path

import pandas as pd
import pytest

from segaug.analysis.foreign.table import from_frame
from segaug.cli.main import main
from segaug.report.blocks.figure_files import write_figures
from segaug.report.look.theme import new_figure, themed
from segaug.results.store import Store
from tests.report.odd_studies import Odd

UP = "../../../../x"
GROUPS = {  # task and model
    (UP, "/tmp/../m"), ("=1+1", "b_c"), ("A", "b_c"), ("a", "b_c"), ("C:\\x", "-rf"), ("CON", "b_c"),
    ("x" * 300, "b_c"), ("~root", "b_c"), ("$(touch x)", "-rf"), ("a/b", "c"), ("a", "b/c"),
}  # fmt: skip
HOSTILE = Odd(
    tasks=(UP, "=1+1", "x" * 300), models=("/tmp/../m", "b_c"), strategies=("../s", "@SUM(1)"), sizes=(4, 8), seeds=2,
    planned=lambda cell: (cell.task, cell.model) in GROUPS,
)  # fmt: skip


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """The folder to work in, deep enough for names that climb."""
    folder = tmp_path / "a/b/c/d"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


def files(folder: Path) -> dict[Path, float]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if not path.is_dir()}


COMMANDS = [
    ["fit", "study", "--resamples", "100"],
    ["fit", "study", "--resamples", "100", "--metric", "dice"],
    ["compare", "study", "--baseline", "../s"],
    ["need", "study", "--target", "dice=0.9"],
]


@pytest.mark.filterwarnings("ignore:Glyph")
def test_a_study_whose_every_name_is_hostile_stays_in_its_folder(place, tmp_path, capsys):
    HOSTILE.write(place / "study")
    before = files(tmp_path)
    for command in COMMANDS:
        assert main(command) == 0, capsys.readouterr().err
        capsys.readouterr()
    after = files(tmp_path)
    assert {path for path in after if not path.is_relative_to(place / "study")} == set()
    assert {path: time for path, time in after.items() if path in before} == before, "no file of the study was changed"
    written = {path.relative_to(place / "study").parts[0] for path in after.keys() - before.keys()}
    assert written == {"fit", "compare", "need", "snapshot.parquet", "cases.parquet"}


@pytest.mark.slow
def test_figures_of_every_name_lie_in_the_report_and_apart(tmp_path):
    names = [f"curves_bce_{task}_{model}" for task, model in GROUPS]
    with themed():
        paths, failures = write_figures(dict.fromkeys(names, lambda: new_figure(1, 1)), tmp_path / "study")
    assert not failures
    assert {path.parent for path in paths} == {tmp_path / "study/report/figures"}
    assert len({path.name.lower() for path in paths}) == 2 * len(names)
    assert set(files(tmp_path)) == set(paths)


@pytest.mark.parametrize("command", [
    ["fit", "study", "--resamples", "100"], ["compare", "study"], ["need", "study", "--target", "bce=0.2"],
    ["plan", "power", "--pilot", "study"], ["report", "study"], ["report", "study", "--figures", "published"],
], ids=" ".join)  # fmt: skip
@pytest.mark.parametrize("where", ["outside", "gone"])
def test_a_folder_of_results_that_is_a_link_is_refused(place, capsys, command, where):
    Odd(sizes=(4, 8, 16), seeds=2).write(place / "study")
    (place / "outside").mkdir()
    name = {"plan": "power"}.get(command[0], command[0])
    (place / "study" / name).symlink_to(place / where)
    assert main(command) == 2
    told = capsys.readouterr().err.splitlines()[-1]
    assert told.startswith(f"segaug: error: {Path('study', name)}: is a link to {place / where}, inside a study; put ")
    assert not list((place / "outside").iterdir())
    assert not (place / "gone").exists()


@pytest.mark.parametrize("heading", ["/tmp/x/error dice", "../../x/dice", "..", "a\\b"])
def test_headings_of_a_table_lead_nowhere(place, tmp_path, heading, capsys):
    table = pd.DataFrame({"N": [4, 8, 16, 32] * 3, heading: [0.5, 0.6, 0.7, 0.8] * 3})
    table.to_csv("table.csv", index=False)
    measure = from_frame(table, columns={"dice": heading}).reading.measure
    assert main(["need", "table.csv", "--columns", f"dice={heading}", "--target", f"{measure}=0.75"]) == 0
    capsys.readouterr()
    assert {path.parent for path in files(tmp_path)} == {place, place / "table_need"}


def test_what_fit_writes_of_a_study_is_read_again_with_the_same_names(place, capsys):
    Odd(strategies=("baseline", "=cmd|' /C calc'!A0", "+1", "-x", "@a", "'=b", "'c"), sizes=(4, 8), seeds=2).write(
        place / "study"
    )
    assert main(["fit", "study", "--resamples", "100"]) == 0
    text = (place / "study/fit/trials.csv").read_text()
    cells = pd.read_csv(io.StringIO(text), dtype=str).to_numpy().ravel()
    assert not [cell for cell in cells if isinstance(cell, str) and cell[0] in "=+@-"]
    assert main(["fit", "study/fit/trials.csv", "--resamples", "100", "--columns", "error=bce_best"]) == 0
    again = pd.read_parquet(place / "study/fit/trials_fit/fits.parquet")
    assert set(again["strategy"]) == {trial["strategy"] for trial in Store(place / "study").plan()["trials"]}
    capsys.readouterr()
