"""Addition curves of made studies: what is known of them is found, and what is not is said."""

import numpy as np
import pytest

from segaug.analysis.addition.addition import addition_trials
from segaug.analysis.trials.measured import measured
from segaug.analysis.trials.table import trials
from segaug.errors import DataError
from segaug.results.case_errors import cases_of_records
from tests.addition_study import ADDED, BASE, SIZE, alone, harm, none, pooled, records

EVERY_SIZE = (4, 8, 12, 16, 24, 32)


def judged(made, metric=None, resamples=300):
    return addition_trials(measured(trials(made), metric), cases_of_records(made, "bce"), resamples)


@pytest.fixture(scope="module")
def both():
    return judged(records(samplings=("proportional", "balanced"), sizes=EVERY_SIZE))


def test_a_curve_is_named_by_base_added_size_model_strategy_and_sampling(both):
    assert [curve.sampling for curve in both.curves] == ["proportional", "balanced"]
    for curve in both.curves:
        assert curve.key == (BASE, (ADDED,), SIZE, "nnunet", "baseline")
        assert [point.k for point in curve.points] == [4, 16]
        assert curve.zero[0] == 5


def test_trials_that_test_on_an_added_source_are_a_curve_of_their_own():
    """Not beside the base alone, which was tested on other images."""
    made = records(sizes=EVERY_SIZE)
    aimed = [
        {**each, "id": f"{each['id']}-aimed", "task": f"{each['task']}, tested on {ADDED}", "dataset_hash": "f" * 16}
        for each in made
        if "sources" in each
    ]
    plain, other = judged([*made, *aimed]).curves
    assert (plain.key[0], other.key[0]) == (BASE, f"{BASE}, tested on {ADDED}")
    assert plain.worth.sizes == EVERY_SIZE
    assert other.worth.sizes == (SIZE,)  # its own k = 0


def test_known_harm_is_shown_and_its_interval_holds_it(both):
    for curve in both.curves:
        assert curve.verdict.shown == "harm"
        for point in curve.points:
            true = point.at_zero * (harm(point.k, curve.sampling) - 1)
            assert point.effect.interval.low < true < point.effect.interval.high
            assert point.effect.mean == pytest.approx(point.error - point.at_zero)


def test_benefit_has_the_other_sign():
    found = judged(records(lambda k, _: 1 / harm(k, "proportional")))
    assert found.curves[0].verdict.shown == "benefit"
    assert found.curves[0].verdict.harm == ()


def test_both_are_shown_where_small_k_help_and_large_ones_harm():
    found = judged(records(lambda k, _: {0: 1.0, 4: 0.8, 16: 1.3}[k]))
    verdict = found.curves[0].verdict
    assert (verdict.shown, verdict.benefit, verdict.harm) == ("both", (4,), (16,))


def test_worth_is_that_of_the_bases_own_law(both):
    """Error falls as N^-1/2, so a factor f on it is worth N / f^2 images."""
    for curve in both.curves:
        assert curve.worth.sizes == EVERY_SIZE
        for added in curve.worth.added:
            true = SIZE / harm(added.k, curve.sampling) ** 2 - SIZE
            assert added.images == pytest.approx(true, abs=0.4)
            assert added.images < 0
            assert added.interval.low <= added.images <= added.interval.high


def test_worth_beyond_the_measured_range_is_open():
    low = judged(records(lambda k, _: 1 + k, sizes=(8, 16, 32))).curves[0].worth.added
    assert all(added.images == -np.inf and added.interval.open_low and not added.inside for added in low)
    high = judged(records(lambda k, _: 1 / (1 + k), sizes=(8, 16))).curves[0].worth.added
    assert all(added.images == np.inf and added.interval.open_high and added.interval.high == 8 for added in high)


def test_k_0_stands_for_the_base_at_n():
    with_own, without = (judged(records(sizes=sizes)).curves[0].worth for sizes in ((8, 16, 32), (16, 32)))
    assert with_own.sizes == without.sizes == (8, 16, 32)
    assert [added.images for added in with_own.added] == [added.images for added in without.added]


def test_balanced_takes_back_what_is_dilution(both):
    (dilution,) = both.dilutions
    assert [point.k for point in dilution.points] == [4, 16]
    for point in dilution.points:
        true = 1 - (harm(point.k, "balanced") - 1) / (harm(point.k, "proportional") - 1)
        assert point.share == pytest.approx(true, abs=0.15)
        assert point.effect.mean == pytest.approx(point.rise.mean * point.share)
    rows = dilution.points[1].presentations
    assert rows["balanced"] > rows["proportional"]


def test_nothing_is_taken_back_of_what_is_not_there():
    found = judged(records(none, samplings=("proportional", "balanced"), noise=0.03))
    assert all(point.share is None for point in found.dilutions[0].points)


def test_the_positive_control_is_the_base_with_as_many_images(both):
    for point in both.curves[0].points:
        true = 0.4 * (SIZE**-0.5 * harm(point.k, "proportional") - (SIZE + point.k) ** -0.5)
        assert point.control.mean == pytest.approx(true, rel=0.25)
    assert all(point.control is None for point in judged(records()).curves[0].points)


def test_missing_trials_are_named_and_none_where_all_are_there(both):
    assert both.missing == ()
    missing = {
        trials.purpose.split(" ")[0] + trials.purpose.split(" ")[-1]: trials for trials in judged(records()).missing
    }
    worth, control, dilution = missing["forworth"], missing["asitself"], missing["toshift"]
    assert worth.alone
    assert worth.amounts == ((4,), (16,), (32,))
    assert control.amounts == ((12,), (24,))
    assert dilution.samplings == ("proportional", "balanced")
    assert dilution.amounts == ((0,), (4,), (16,))
    assert all(trials.seeds == (0, 1, 2, 3, 4) for trials in missing.values())


def test_unequal_seeds_are_said_and_asked_for():
    made = [trial for trial in records() if not (trial["id"].startswith(f"{ADDED}-16") and trial["seed"] > 2)]
    found = judged(made)
    assert [point.effect.pairs for point in found.curves[0].points] == [5, 3]
    assert any("unequal seeds: 5 at k = 0, 5 at k = 4, 3 at k = 16" in note for note in found.curves[0].notes)
    first = found.missing[0]
    assert (first.amounts, first.seeds, first.alone) == (((16,),), (3, 4), False)


def test_k_without_k_0_is_said_and_asked_for():
    found = judged(records(ks=(4, 16)))
    (curve,) = found.curves
    assert curve.verdict.shown == "untested"
    assert curve.points == ()
    assert any("no trial of k = 0" in note for note in curve.notes)
    assert (found.missing[0].purpose, found.missing[0].amounts) == ("to compare with", ((0,),))


def test_a_diverged_trial_is_said_and_in_no_mean():
    made = records()
    made[6] = {**made[6], "status": "diverged", "test": None, "cases": None, "recalibration": None}
    found = judged(made)
    assert any("diverged, and left out: 1 of 5 at k = 4" in note for note in found.curves[0].notes)
    assert [point.effect.pairs for point in found.curves[0].points] == [4, 5]


def test_one_seed_shows_nothing_and_says_what_would():
    found = judged(records(seeds=1)).curves[0]
    assert found.verdict.shown == "untested"
    assert found.single.at_rise == 16
    assert found.single.harm_if_below == pytest.approx(found.points[1].effect.mean / (np.sqrt(2) * 2.2365), rel=1e-3)
    assert judged(records(seeds=2)).curves[0].single is None


def test_strategies_are_apart_whatever_their_sampling_is_called():
    made = records(seeds=2) + [pooled(k, seed, strategy="red(p=0.5)") for k in (0, 4) for seed in (0, 1)]
    assert [curve.key.strategy for curve in judged(made).curves] == ["baseline", "red(p=0.5)"]


def test_several_added_sources_have_one_k_each():
    made = [pooled((k, 2 * k), seed, added=("a", "b")) for k in (0, 2, 4) for seed in range(3)]
    (curve,) = judged(made).curves
    assert curve.key.sources == f"{BASE} + a + b"
    assert [point.k for point in curve.points] == [6, 12]


def test_the_base_by_another_protocol_or_other_data_is_left_out():
    for change, why in (
        ({"protocol_hash": "q" * 16}, "another protocol"),
        ({"cases": None}, ""),
    ):
        made = records() + [{**alone(16, seed), **change} for seed in range(5)]
        found = judged(made)
        assert (found.curves[0].worth.sizes == (8, 16)) == (why == "")
        assert any(why in note for note in found.curves[0].notes) or not why
    other = [{**alone(8, seed), "test": alone(4, seed)["test"]} for seed in range(5)]
    assert any("not those of k = 0" in note for note in judged(records() + other).curves[0].notes)


def test_a_base_with_other_options_is_recognised_by_its_trials():
    coloured = [{**alone(size, seed), "task": f"{BASE}(colour=True)"} for size in (8, 16) for seed in range(5)]
    grey = [{**alone(size, seed, noise=0.05), "id": f"grey-{size}-{seed}"} for size in (8, 16) for seed in range(5)]
    assert judged(records() + coloured + grey).curves[0].worth.sizes == (8, 16)


@pytest.mark.parametrize(
    ("made", "problem"),
    [
        ([alone(8, 0)], "no trial that was trained on images of several sources"),
        ([pooled((1, 3), 0, added=("a", "b")), pooled((2, 2), 1, added=("a", "b"))], "4 added images as 1+3 and 2+2"),
        ([pooled(0, 0), {**pooled(4, 0), "dataset_hash": "f" * 16}], "mixes more than one dataset_hash"),
    ],
)
def test_bad_input_is_one_line(made, problem):
    with pytest.raises(DataError, match=problem.replace("+", r"\+")) as refused:
        judged(made)
    assert "\n" not in str(refused.value)


def test_a_record_without_a_base_is_refused():
    bad = pooled(4, 0)
    bad["sources"][BASE]["role"] = "added"
    with pytest.raises(DataError, match="not one is the base"):
        trials([bad])
