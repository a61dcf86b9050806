"""The sentence of a study: each part in the words that its verdict allows, and no claim where there is none."""

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from segaug.analysis.comparison.comparison import Comparison
from segaug.analysis.comparison.equivalent_data import EquivalentData, EquivalentSize
from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.interval import Interval
from segaug.analysis.law.extrapolation import extrapolate
from segaug.findings.comparisons import ratio
from segaug.findings.numbers import number
from segaug.report.answers.answers_section import section
from segaug.report.answers.sentences import answer
from segaug.report.comparison.strategies import compared
from segaug.report.study.study import Study, load_study
from segaug.results.store import Store
from tests.report.odd_studies import Odd
from tests.report.paired_study import write_paired_study
from tests.synthetic import write_study


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("studies") / "paired"
    write_paired_study(folder)
    return load_study(folder, "bce")


@pytest.fixture(scope="module")
def baseline(study: Study) -> CurveFit:
    return study.curves_of("phantom_thorax", "nnunet")["baseline"]


@pytest.fixture(scope="module")
def red(study: Study) -> Comparison:
    return compared(study).groups[0][0]


def said(curve: CurveFit, *others: Comparison) -> str:
    return answer(curve, "test BCE", "images", others)


def judged(curve: CurveFit, **verdict: str) -> CurveFit:
    """The curve with another verdict."""
    return replace(curve, fit=replace(curve.fit, verdict=replace(curve.verdict, **verdict)))


def worth(red: Comparison, low: float, value: float, high: float) -> Comparison:
    """The comparison with another equivalent at each of its sizes; the baseline was measured from 4 to 64."""
    sizes = tuple(
        EquivalentSize(size.size, size.size * value, Interval(size.size * low, size.size * high), 4, 64)
        for size in red.equivalent.sizes
    )
    return replace(red, equivalent=EquivalentData("law", "", sizes, None))


def with_test(red: Comparison, p: float, log_ratio: float | None = None) -> Comparison:
    log = red.overall.ratio.log
    if log_ratio is not None:
        ends = Interval(log_ratio - 0.01, log_ratio + 0.01, method="t")
        log = replace(log, mean=log_ratio, interval=ends)
    return replace(red, overall=replace(red.overall, p_holm=p, ratio=replace(red.overall.ratio, log=log)))


def test_within_the_data_the_last_doubling_is_told(baseline):
    fit = baseline.fit
    sentence = said(replace(baseline, fit=replace(fit, extrapolations=())))
    half, drop = fit.error(32), fit.default.drop
    assert f"With 32 images the test BCE of baseline is {number(half.value)} [" in sentence
    assert f"twice as many take away {100 * drop.value / half.value:.2g} % of it" in sentence
    assert "beyond 64 nothing is claimed" in sentence
    assert "would" not in sentence


def test_beyond_the_data_only_a_claim_is_told(baseline):
    fit = baseline.fit
    step = extrapolate(fit.default, fit.holdout, 2)
    claimed = replace(baseline, fit=replace(fit, extrapolations=(replace(step, failed_conditions=()),)))
    unclaimed = replace(baseline, fit=replace(fit, extrapolations=(replace(step, failed_conditions=("x",)),)))
    assert re.search(r"With 64 images .* twice as many would take away [\d.]+ %, to [\d.]+ \[", said(claimed))
    assert "would" not in said(unclaimed)


@pytest.mark.parametrize(
    ("floor", "why"),
    [("law_rejected", "the law does not fit its means"), ("too_few_sizes", "at least 4 sizes over a factor of 8")],
)
def test_without_a_law_the_means_are_told_and_nothing_else(baseline, floor, why):
    sentence, last = said(judged(baseline, floor=floor)), baseline.points[-1]
    assert f"With 64 images the test BCE of baseline is {number(last.mean)} [{number(last.interval.low)}, " in sentence
    assert f"what more images would do is not told, {why}" in sentence.replace("it takes ", "")
    assert "twice" not in sentence


def test_a_flat_curve_gains_nothing(baseline):
    assert "more images did not measurably lower it from N = 4 on" in said(judged(baseline, floor="flat"))


def test_a_gain_that_may_be_nothing_is_not_shown(baseline):
    fit = baseline.fit
    still = SimpleNamespace(value=0.001, interval=Interval(0.0, 0.004))
    default = SimpleNamespace(max_size=64.0, drop=still, data=fit.data)
    fake = SimpleNamespace(default=default, data=fit.data, extrapolations=(), verdict=fit.verdict, error=fit.error)
    assert "twice as many are not shown to take anything away (0.00100 [0" in said(replace(baseline, fit=fake))


def test_one_trial_a_size_has_no_interval(tmp_path: Path):
    write_study(tmp_path / "alone", sizes=(4, 8, 16, 32, 64), seeds=1)
    study = load_study(tmp_path / "alone", "bce")
    (found,) = section(study).blocks[0].answers
    assert "in a single trial" in found.sentence
    assert "no trial was repeated with another seed" in found.sentence
    assert "red is not tested, for want of a second seed" in found.sentence


def test_the_baseline_is_told_of_also_where_another_stands_before_it(tmp_path: Path):
    Odd(strategies=("none", "baseline"), sizes=(4, 8), seeds=2).write(tmp_path / "bare")
    study = load_study(tmp_path / "bare", "bce")
    (answered,) = section(study).blocks[0].answers
    assert study.strategies == ["none", "baseline"]
    assert "the test BCE of baseline is" in answered.sentence


def test_no_converged_trial_is_said(baseline):
    assert said(replace(baseline, points=())) == "No trial of baseline converged, so nothing is told."


def test_few_seeds_and_what_errors_do_not_tell_are_said(baseline):
    assert ", provisional;" in said(replace(baseline, flags=frozenset({"provisional"})))
    for flag, words in (("divergence_matters", "Diverged"), ("collapsed", "collapsed"), ("not_trained_out", "updates")):
        assert words in said(replace(baseline, flags=frozenset({flag}))).split(". ", 1)[1]


def test_a_better_strategy_is_worth_labels_and_what_it_saw_is_said(baseline, red):
    sentence = said(baseline, worth(with_test(red, 0.01), 1.3, 1.9, 2.7))
    factor = ratio(red.overall.ratio)
    assert f"red, which saw more data than baseline, errs less, by a factor of {factor} over N = " in sentence
    assert sentence.endswith("and at 16 is worth 1.9x [1.3, 2.7] the labels.")


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        ((0.8, 1.4, 2.0), "could be worth 1.4x [0.8, 2]"),  # it may be worth nothing at that size
        ((1.5, 1.8, 9.0), "is worth 1.8x [1.5, more than 4]"),  # beyond 64 nothing is claimed
        ((5.0, 6.0, 9.0), "is worth more than 4x"),
        ((0.1, 1.0, 9.0), "could be worth anything from less than 0.25x to more than 4x"),
    ],
)
def test_open_ends_of_what_it_is_worth_stay_open(baseline, red, interval, words):
    assert said(baseline, worth(with_test(red, 0.01), *interval)).endswith(f"at 16 {words} the labels.")


def test_what_cannot_be_told_in_labels_is_told_as_a_ratio(baseline, red):
    untold = replace(with_test(red, 0.01), equivalent=EquivalentData("none", "both need a size", (), None))
    assert said(baseline, untold).endswith("; what that is worth in images is not told, both need a size.")


def test_a_worse_strategy_is_worth_nothing(baseline, red):
    sentence = said(baseline, with_test(red, 0.01, np.log(1.1)))
    assert "red, which saw more data than baseline, errs more, by a factor of 1.100 [1.089, 1.111] " in sentence
    assert "worth" not in sentence


def test_what_is_not_shown_is_not_claimed(baseline, red):
    other = replace(red, key=red.key._replace(strategy="other"))
    sentence = said(baseline, with_test(red, 0.06), with_test(other, 1.0))
    assert re.search(
        r"; red \([\d.]+ \[.*?\], p = 0.06\) and other \(.*?\) are not shown to differ from baseline\.$", sentence
    )
    assert "worth" not in sentence


def test_the_page_begins_with_a_sentence_a_task_and_model(troubled: Path):
    study = load_study(troubled, "bce")
    answers = section(study).blocks[0].answers
    assert [found.where for found in answers] == [study.title(*group) for group in study.fitted_groups]
    assert all(found.sentence.endswith(".") for found in answers)


def test_a_strategy_that_shares_no_trial_is_not_passed_over(tmp_path: Path):
    store = write_paired_study(tmp_path / "apart")
    for trial in store.records():
        if (trial["strategy"] == "red") == (trial["seed"] < 3):
            store.record_path(trial["id"]).unlink()
    (found,) = section(load_study(store.folder, "bce")).blocks[0].answers
    assert found.sentence.endswith("; red is not compared, for want of a shared size and seed.")


def test_without_a_baseline_the_first_strategy_is_told(tmp_path: Path):
    store: Store = write_paired_study(tmp_path / "other")
    for trial in store.records():
        if trial["strategy"] == "baseline":
            store.record_path(trial["id"]).unlink()
    (found,) = section(load_study(store.folder, "bce")).blocks[0].answers
    assert "the test BCE of red is" in found.sentence


def test_strategies_that_lack_a_baseline_are_not_said_to_share_no_trial(tmp_path: Path):
    """They may share every seed: what lacks is what the page compares with."""
    store: Store = write_paired_study(tmp_path / "other")
    renamed = {"baseline": "one"}
    for trial in store.records():
        store.record_path(trial["id"]).unlink()
        store.write_record({**trial, "strategy": renamed.get(trial["strategy"], trial["strategy"])})
    (found,) = section(load_study(store.folder, "bce")).blocks[0].answers
    assert "for want of baseline, with which this page compares" in found.sentence
    assert "shared size" not in found.sentence
