"""Divergence: rates over the trials that ended, with the trials themselves under the pointer."""

from pathlib import Path

import pytest

from segaug.report.blocks.section import Text
from segaug.report.divergence.divergence_figure import divergence_figure, divergence_panel
from segaug.report.divergence.divergence_section import section
from segaug.report.divergence.rates import RULE, divergence_caption, divergence_table, diverging_groups
from segaug.report.look.theme import themed
from segaug.report.study.study import Study, load_study
from tests.report.conftest import diverge
from tests.report.paired_study import SIZES, write_paired_study


@pytest.fixture(scope="module")
def study(troubled: Path) -> Study:
    return load_study(troubled, "bce")


def test_groups_are_those_with_a_diverged_trial(study: Study) -> None:
    assert diverging_groups(study) == [
        ("cardiac_lv", "nnunet"),
        ("phantom_thorax", "nnunet"),
        ("phantom_thorax", "swin_unet"),
    ]


def test_the_pointer_names_rate_interval_and_trials(study: Study) -> None:
    with themed():
        _, tooltips = divergence_panel(study, "cardiac_lv", "nnunet")
    texts = [text for texts in tooltips.values() for text in texts]
    assert "red, N = 1: 1 of 4 diverged [5, 70] %\ncardiac_lv-nnunet-red-1-0" in texts
    assert "baseline, N = 16: 0 of 2 diverged [0, 66] %" in texts  # the failed and the missing trial do not count


def test_the_table_shows_both_readings(study: Study) -> None:
    row = next(row for row in divergence_table(study).rows if row[:3] == ("cardiac_lv", "nnunet", "red"))
    assert row[3:6] == ("1", "20", "1 (1)")
    assert row[8] == "yes"  # a quarter of the trials at N = 1


def test_the_table_shows_what_leaving_trials_out_may_hide(tmp_path: Path) -> None:
    store = write_paired_study(tmp_path / "study")
    for trial in store.records():
        if trial["id"].endswith(f"red-{SIZES[-1]}-0"):
            diverge(store, trial)
    (row,) = divergence_table(load_study(store.folder, "bce")).rows
    assert row[2:6] == ("red", "1", "30", f"{SIZES[-1]} (1)")
    assert float(row[7]) > 1.1 * float(row[6])


def test_the_caption_counts_and_names_the_rule(study: Study) -> None:
    assert "3 of 100 in all" in divergence_caption(study)
    assert "Wilson" in divergence_caption(study)


def test_the_figure_for_a_paper_has_a_panel_a_group(study: Study) -> None:
    with themed():
        assert len(divergence_figure(study).axes) == 3


def test_without_divergence_there_is_one_sentence(calm: Path) -> None:
    found = section(load_study(calm, "bce"))
    assert found.finding == "None of the 48 trials that came to an end diverged."
    assert found.blocks == (Text(RULE),)
