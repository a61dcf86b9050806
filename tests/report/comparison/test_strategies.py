"""Strategies beside the baseline: every pair is a point, significance is Holm's, and what was seen is said."""

import re
from pathlib import Path

import pytest

from segaug.report.comparison.comparison_section import section
from segaug.report.comparison.equivalent_data import equivalent_caption, factor_table, worth_sentences
from segaug.report.comparison.equivalent_figure import equivalent_figure, equivalent_panel, has_factors
from segaug.report.comparison.paired import overall_table, paired_caption, size_table
from segaug.report.comparison.paired_figure import paired_figure, paired_panel
from segaug.report.comparison.paired_trials import paired_trials
from segaug.report.comparison.strategies import Compared, compared, comparison_notes
from segaug.report.look.theme import themed
from segaug.report.study.study import Study, load_study
from segaug.results.store import Store
from tests.report.paired_study import RATIO, SIZES, write_paired_study
from tests.synthetic import plan_anew, record, replace_record


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("studies") / "paired"
    write_paired_study(folder)
    return load_study(folder, "bce")


@pytest.fixture(scope="module")
def found(study: Study) -> Compared:
    return compared(study)


def test_the_ratio_is_the_one_that_was_put_in(found: Compared) -> None:
    (row,) = overall_table(found.groups).rows
    low, high = map(float, re.findall(r"[\d.]+", row[4]))
    assert low < float(row[3]) < high
    assert low < RATIO < high
    assert row[8] == f"6 × {len(SIZES)}"


def test_every_pair_is_a_point_with_its_ratio(study: Study, found: Compared) -> None:
    (pairs,) = paired_trials(study, found.groups[0])
    assert len(pairs) == 6 * len(SIZES)
    assert all(0.7 < pair.ratio < 0.9 for pair in pairs)
    with themed():
        _, tooltips = paired_panel(study, found.groups[0])
    assert [text.split("\n")[0] for text in tooltips["pairs-0"]] == [pair.trial for pair in pairs]


def test_a_missing_partner_leaves_no_pair(study: Study, tmp_path: Path) -> None:
    store = write_paired_study(tmp_path / "lonely")
    gone = record("phantom_thorax", "nnunet", "baseline", SIZES[0], 2)["id"]
    store.record_path(gone).unlink()
    fewer = load_study(store.folder, "bce")
    (pairs,) = paired_trials(fewer, compared(fewer).groups[0])
    assert {(pair.size, pair.seed) for pair in pairs} == {
        (size, seed) for size in SIZES for seed in range(6) if (size, seed) != (SIZES[0], 2)
    }


def test_filled_is_what_holm_leaves(study: Study, found: Compared) -> None:
    with themed():
        _, tooltips = paired_panel(study, found.groups[0])
    expected = {f"N = {one.size}" for one in found.groups[0][0].sizes if one.significant} | {"all sizes"}
    assert {re.search(r"N = \d+|all sizes", text)[0] for text in tooltips["differs-0"]} == expected  # type: ignore[index]


def test_nothing_is_filled_where_nothing_differs(tmp_path: Path) -> None:
    store = write_paired_study(tmp_path / "same", spread=0.5, seeds=3)
    study = load_study(store.folder, "bce")
    with themed():
        _, tooltips = paired_panel(study, compared(study).groups[0])
    assert not [gid for gid in tooltips if gid.startswith("differs")]


def test_the_sentence_says_factor_interval_and_what_was_seen(study: Study, found: Compared) -> None:
    (sentence,) = worth_sentences(study, found.groups)
    assert re.match(r"phantom_thorax: red at N = 16 is worth [\d.]+x \[[\d.]+, [\d.]+\] the data of baseline", sentence)
    assert sentence.endswith("It also saw external images.")


def test_every_factor_is_drawn_once(study: Study, found: Compared) -> None:
    with themed():
        _, tooltips = equivalent_panel(study, found.groups[0])
    drawn = sorted(text for texts in tooltips.values() for text in texts)
    assert drawn == sorted(f"red, N = {one.size:g}: {one}" for one in found.groups[0][0].equivalent.sizes)
    assert len(factor_table(found.groups).rows) == len(SIZES)


def test_nothing_is_claimed_beyond_the_largest_size(found: Compared) -> None:
    last = [row for row in factor_table(found.groups).rows if row[3] == str(SIZES[-1])]
    assert last[0][4] == "more than 1x"
    assert last[0][5] == "above"


def test_captions_state_pairs_interval_and_target(study: Study, found: Compared) -> None:
    caption = paired_caption(study, found.groups)
    for words in (
        "n = 6 pairs",
        "95 % interval",
        "paired t test",
        "Holm",
        "this test set",
        f"the {len(SIZES)} strategies",
    ):
        assert words in caption
    for words in ("95 % interval", "profiling the baseline's law", "logarithmic", "nothing is claimed beyond"):
        assert words in equivalent_caption(study, found.groups)


def test_figures_for_a_paper_hold_every_group(study: Study, found: Compared) -> None:
    with themed():
        assert len(paired_figure(study, found.groups, "note").subfigs) == 1
        assert equivalent_figure(study, found.groups, "note").axes[0].get_title(loc="left") == "phantom_thorax"


def test_sizes_are_a_table(found: Compared) -> None:
    rows = size_table(found.groups).rows
    assert [row[3] for row in rows] == list(map(str, SIZES))
    assert all(float(row[6]) > float(row[5]) for row in rows)  # the baseline's error


def test_a_single_strategy_has_no_section(tmp_path: Path) -> None:
    store = write_paired_study(tmp_path / "alone")
    for trial in store.records():
        if trial["strategy"] == "red":
            store.record_path(trial["id"]).unlink()
    plan = [trial for trial in store.plan()["trials"] if trial["strategy"] != "red"]
    plan_anew(store, {**store.plan(), "trials": plan})
    assert section(load_study(store.folder, "bce")) is None


def said(store: Store) -> str:
    with themed():
        made = section(load_study(store.folder, "bce"))
    assert made is not None
    (block,) = made.blocks
    return str(block.text)  # type: ignore[attr-defined]


def test_what_cannot_be_compared_is_said(tmp_path: Path) -> None:
    store = write_paired_study(tmp_path / "other")
    for trial in store.records():
        if trial["strategy"] == "red":
            replace_record(store, {**trial, "protocol_hash": "q" * 16})
    assert "another protocol_hash" in said(store)
    for trial in store.records():
        if trial["strategy"] == "baseline":
            store.record_path(trial["id"]).unlink()
    assert "no strategy 'baseline'" in said(store)


def test_diverged_pairs_and_unpaired_curves_are_noted(troubled: Path) -> None:
    found = compared(load_study(troubled, "bce"))
    notes = comparison_notes(found.groups)
    assert any("cardiac_lv" in note and "diverged in 1 of" in note and "McNemar" in note for note in notes)
    assert any("swin_unet" in note and "no trial of baseline" in note for note in found.unpaired)


def test_two_sizes_are_compared_without_a_law(tmp_path: Path) -> None:
    store = write_paired_study(tmp_path / "short")
    for trial in store.records():
        if trial["size"] not in SIZES[:2]:
            store.record_path(trial["id"]).unlink()
    study = load_study(store.folder, "bce")
    groups = compared(study).groups
    assert has_factors(groups[0])
    assert "interpolating between the baseline's sizes" in equivalent_caption(study, groups)
