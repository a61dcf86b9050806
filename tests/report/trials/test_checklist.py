"""The checklist: answers come from the records and from the code that fits, and change with them."""

from pathlib import Path

import pytest

from segaug.analysis.curves.reporting import METHOD
from segaug.report.study.study import load_study
from segaug.report.trials.checklist import checklist_table
from tests.report.paired_study import SIZES, write_paired_study
from tests.synthetic import replace_record


def answers(folder: Path) -> dict[str, str]:
    return {item: answer for _, item, answer in checklist_table(load_study(folder, "bce")).rows}


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return answers(write_paired_study(tmp_path_factory.mktemp("studies") / "paired", seeds=3).folder)


def test_nothing_is_left_open(given: dict[str, str]) -> None:
    assert all(given.values())


def test_how_curves_are_fitted_is_what_the_code_says(given: dict[str, str]) -> None:
    for name in ("form", "loss", "weights", "solver", "initial_values", "intervals", "lack_of_fit", "published_fit"):
        assert METHOD[name] in given.values()
    assert given["level"] == str(METHOD["level"])
    assert given["bounds of b"] == "0.01 to 4"


def test_records_fill_in_the_rest(given: dict[str, str]) -> None:
    assert given["sizes N"] == ", ".join(map(str, SIZES))
    assert given["seeds per cell"] == "3 converged, median 3"
    assert given["models"] == "nnunet (1,966,433 parameters)"
    assert given["data sets"] == f"phantom_thorax (content {'d' * 16})"
    assert given["optimiser, schedule, budget"].endswith("p" * 16)
    assert given["test set"] == "phantom_thorax 12 cases of 12 patients"
    assert given["validation labels"] == "16, beside N"
    assert given["trials ran with torch"] == "2.13.0"


def test_exclusions_are_counted(troubled: Path) -> None:
    left_out = answers(troubled)["left out"]
    for words in ("3 diverged", "2 failed", "2 missing", "1 size above a pool skipped"):
        assert words in left_out


def test_another_error_is_another_data_hash(tmp_path: Path, given: dict[str, str]) -> None:
    store = write_paired_study(tmp_path / "changed", seeds=3)
    assert answers(store.folder)["data hash"] == given["data hash"]
    trial = store.records()[0]
    test = {**trial["test"], "best": {**trial["test"]["best"], "bce": 0.123}}
    replace_record(store, {**trial, "test": test})
    assert answers(store.folder)["data hash"] != given["data hash"]
    assert answers(store.folder)["code hash"] == given["code hash"]
