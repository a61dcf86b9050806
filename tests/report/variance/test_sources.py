"""Sources of spread: shares of a whole, of which more seeds reduce all but the test cases."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from segaug.analysis.curves.variance import Components
from segaug.report.look.theme import themed
from segaug.report.study.study import Study, load_study
from segaug.report.variance.sources import Split, average, limits, split, splits, variance_caption, variance_table
from segaug.report.variance.variance_figure import variance_panel
from segaug.report.variance.variance_section import section
from tests.report.paired_study import SIZES, write_paired_study
from tests.synthetic import replace_record


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return load_study(write_paired_study(tmp_path_factory.mktemp("studies") / "paired").folder, "bce")


def test_seeds_average_out_and_test_cases_do_not() -> None:
    one = Split(seeds=0.04, both=0.02, cases=0.01)
    assert one.of_mean(4) == Split(0.01, 0.005, 0.01)
    assert one.of_mean(1).total == pytest.approx(0.07)


def components(**of_cases: float) -> Components:
    """Five trials at N = 4, of which nothing is known but what is given."""
    unknown = dict.fromkeys((field.name for field in fields(Components)), None)
    return Components(**{**unknown, "size": 4, "trials": 5, "spread": 0.1, **of_cases})


def test_variances_are_relative_to_the_error() -> None:
    found = components(patients=10, seed=0.08, case=0.4, interaction=0.2)
    assert split(found, mean=2.0) == Split(seeds=0.02, both=0.005, cases=0.01)


def test_without_case_errors_nothing_is_split() -> None:
    found = components()
    assert split(found, mean=2.0) is None


def test_bars_fill_the_axis(study: Study) -> None:
    with themed():
        figure = variance_panel(study, "phantom_thorax", "nnunet")
    for axes in figure.axes:
        widths = [patch.get_width() for patch in axes.patches]
        assert sum(widths) == pytest.approx(100 * len(SIZES))


def test_the_average_is_over_strategies(study: Study) -> None:
    curves = list(study.curves_of("phantom_thorax", "nnunet").values())
    both, each = average(curves, whole=False), [splits(curve) for curve in curves]
    assert both[4].total == pytest.approx((each[0][4].total + each[1][4].total) / 2)
    assert average(curves, whole=True)[4].seeds == pytest.approx(both[4].seeds / 6)


def test_every_curve_and_size_has_a_row(study: Study) -> None:
    assert [row[2:5] for row in variance_table(study).rows] == [
        (strategy, str(size), "6") for strategy in ("baseline", "red") for size in SIZES
    ]


def test_seeds_that_share_subsets_tell_them_from_training_with_intervals(tmp_path: Path) -> None:
    store = write_paired_study(tmp_path / "shared")
    for trial in store.records():
        images = [f"{trial['seed'] // 2}-{place}" for place in range(trial["size"])]
        config = {**trial["config"], "protocol": {**trial["config"]["protocol"], "seeds_per_subset": 2}}
        replace_record(store, {**trial, "config": config, "subset": {**trial["subset"], "ids": images}})
    table = variance_table(load_study(store.folder))
    places = [table.columns.index(name) for name in ("subset", "training")]
    for row in table.rows:
        for place in places:
            assert re.fullmatch(r"[\d.e-]+ % \[[\d.e-]+, [\d.e+-]+\]", row[place])


def test_a_spread_larger_than_the_error_is_written_without_an_exponent(tmp_path: Path) -> None:
    store = write_paired_study(tmp_path / "wide", seeds=3)
    for trial in store.records():
        best = trial["test"]["best"]
        replace_record(store, {**trial, "test": {**trial["test"], "best": {**best, "bce": 100.0 ** trial["seed"]}}})
    table = variance_table(load_study(store.folder, "bce"))
    place = table.columns.index("training")
    spreads = [float(end) for row in table.rows for end in re.findall(r"[\d.]+", row[place])]
    assert max(spreads) > 100
    assert "e+" not in "".join(row[place] for row in table.rows)


def test_words_name_seeds_patients_and_what_limits_the_mean(study: Study) -> None:
    assert "n = 6 seeds" in variance_caption(study)
    assert "12 test patients" in variance_caption(study)
    (sentence,) = list(map(str, limits(study)))
    assert sentence.startswith("phantom_thorax: at N = 64 the mean error is known to")


def test_a_study_without_case_errors_has_no_section(tmp_path: Path) -> None:
    store = write_paired_study(tmp_path / "study", seeds=2)
    for trial in store.records():
        replace_record(store, {**trial, "cases": None})
    assert section(load_study(store.folder, "bce")) is None
