"""Cost beside gain of the ways of predicting: what is known is found, and each trial is counted once."""

import pytest

from segaug.report.page import write_report
from segaug.report.trials.cautions import cautions
from segaug.report.ways.way_pairs import way_pairs
from segaug.report.ways.ways_table import measures
from tests.report.made_sections import Page
from tests.scored_ways import FACTORS, with_ways, write_scored
from tests.synthetic import replace_record, write_study

SEEDS, SIZES = 4, (1, 2, 4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_scored(tmp_path_factory.mktemp("ways") / "study", sizes=SIZES, seeds=SEEDS).folder


@pytest.fixture(scope="module")
def page(folder):
    return Page(folder)


def test_a_study_without_further_ways_has_no_such_section(tmp_path):
    page = Page(write_study(tmp_path / "study", sizes=(1, 2), seeds=2).folder)
    assert page.section("ways") is None


def test_ratios_are_those_that_were_put_in(page):
    pairs = {pair.name: pair for pair in way_pairs(page.study)}
    assert list(pairs) == [f"{name}{way}" for name in ("baseline", "red") for way in ("", "+flips", "+learned")]
    known = measures(page.study, "phantom_thorax")
    for way, factor in FACTORS.items():
        pair = pairs[f"red+{way}"]
        assert pair.ratio(known["bce"]).value == pytest.approx(factor)
        assert pair.ratio(known["bce_recalibrated"]).value == pytest.approx(factor)
        plain = pairs["red"].mean(known["dice"])
        assert pair.difference(known["dice"]).mean == pytest.approx((1 - factor) * (1 - plain))
        assert pair.difference(known["dice"]).pairs == SEEDS


def test_the_table_has_cost_beside_gain(page):
    rows = {row["strategy"]: row for row in page.table("ways", "what each way of predicting costs")}
    plain, learned = rows["red"], rows["red+learned"]
    assert (plain["passes"], learned["passes"]) == ("1", "4")
    assert (float(plain["s per image"]), float(learned["s per image"])) == pytest.approx((0.01, 0.04))
    assert learned["pairs × sizes"] == f"{SEEDS} × {len(SIZES)}"
    assert plain["BCE ratio"] == "–"
    assert float(learned["BCE ratio"]) == pytest.approx(0.8)
    assert learned["difference"].startswith("+0.0")


def test_every_size_is_in_the_folded_table(page):
    rows = page.table("ways", "Each size by itself")
    assert len(rows) == 2 * 3 * len(SIZES)
    assert {row["pairs"] for row in rows} == {str(SEEDS)}


def test_what_it_found_names_the_passes(page):
    assert "with flips (4 network passes an image)" in page.finding("ways")


def test_each_way_is_compared_with_the_baseline(page):
    compared = {row["strategy"] for row in page.table("comparison", "primary test")}
    assert compared == {"baseline+flips", "baseline+learned", "red", "red+flips", "red+learned"}


def test_trials_and_their_time_are_counted_once(page):
    trials = 2 * len(SIZES) * SEEDS
    assert page.finding("trials").startswith(f"{trials} of {trials} trials have a result")
    assert len(page.study.trained) == trials
    assert len(page.study.records) == 3 * trials
    assert {row["strategy"] for row in page.table("training", "What each curve was given")} == {"baseline", "red"}


def test_what_a_way_saw_is_told(page):
    sees = {row["strategy"]: row["sees"] for row in page.table("protocol", "allowed to see")}
    assert sees["red+flips"] == sees["red"]
    assert "validation labels" in sees["red+learned"]


def test_a_way_that_lowers_validation_dice_is_warned_of(folder, tmp_path):
    store = write_scored(tmp_path / "study", sizes=SIZES, seeds=SEEDS)
    assert not [found for found in cautions(Page(folder).study) if found.kind == "lower_validation_dice"]
    for one in store.records():
        if one["size"] == 2:
            lower = {**one["ways"]["learned"], "validation_dice": 0.8}
            replace_record(store, {**one, "ways": {**one["ways"], "learned": lower}})
    (found,) = [found for found in cautions(Page(store.folder).study) if found.kind == "lower_validation_dice"]
    assert found.places == tuple(
        f"phantom_thorax · nnunet · {name}+learned: N = 2 (0.850 to 0.800)" for name in ("baseline", "red")
    )


def test_a_way_that_diverged_alone_is_left_out_and_told(tmp_path):
    store = write_scored(tmp_path / "study", sizes=SIZES, seeds=SEEDS)
    lost = next(one for one in store.records() if one["strategy"] == "red" and one["size"] == 4)
    replace_record(store, with_ways(lost, {**FACTORS, "flips": None}))
    page = Page(store.folder)
    (found,) = [found for found in cautions(page.study) if found.kind == "diverged_ways"]
    assert found.places == (f"phantom_thorax · nnunet · red+flips: N = 4 seed {lost['seed']}",)
    assert not page.study.diverged
    (pair,) = [pair for pair in way_pairs(page.study) if pair.name == "red+flips"]
    assert len(pair.at(4).other) == SEEDS - 1


def test_one_seed_has_no_interval_and_the_page_stands(tmp_path):
    store = write_scored(tmp_path / "study", sizes=(1, 2, 4, 8), seeds=1)
    assert not write_report(store.folder).failures
    (row,) = [row for row in Page(store.folder).table("ways", "costs") if row["strategy"] == "red+flips"]
    assert row["95 %"] == "–"
