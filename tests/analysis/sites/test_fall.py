"""The fall from inside to outside, and whether a strategy shrinks it."""

from dataclasses import replace

import numpy as np
import pytest

from segaug.analysis.comparison.shared_grid import place
from segaug.analysis.sites.fall import falls, falls_to
from segaug.analysis.sites.scored import Scored
from segaug.analysis.sites.site_pair import SitePair, ratio_of_falls
from segaug.findings.sites import beside_words, notes, places
from segaug.results.snapshot import Snapshot
from tests.sites_study import SEEDS, SITES, SIZES, records, trial, write

DRAWS = 300


def scored(folder, made) -> Scored:
    return Scored(Snapshot(write(folder / "sites", made)))


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return scored(tmp_path_factory.mktemp("made"), records())


@pytest.fixture(scope="module")
def found(study):
    return {(fall.way.inside, fall.strategy): fall for fall in falls(study, resamples=DRAWS)}


def pairs(study, strategy="baseline"):
    """From tecom to cella, and back by the same numbers."""
    curves = [study.curves(site, "tecom + 0 cella", None)["nnunet", strategy] for site in SITES]
    cases = {trial: errors for site in SITES for trial, errors in study.cases(site, "bce").items()}
    sizes, placed = place(curves, cases, DRAWS)
    return SitePair(sizes, *placed), SitePair(sizes, *placed[::-1])


def test_the_factor_that_was_made_is_found_with_both_intervals(found):
    for (_, strategy), fall in found.items():
        factor = {"baseline": 2.0, "red": 1.5}[strategy]
        assert fall.overall.value == pytest.approx(factor, rel=0.1)
        assert fall.overall.interval.low < factor < fall.overall.interval.high
        assert fall.overall.other_cases.low < factor < fall.overall.other_cases.high
        assert [at.size for at in fall.sizes] == list(SIZES)
        for at in fall.sizes:
            assert at.ratio.value == pytest.approx(at.outside / at.inside)
            assert at.difference.mean == pytest.approx(at.outside - at.inside)
            assert at.difference_other_cases.low < at.difference.mean < at.difference_other_cases.high


def test_swapping_inside_and_outside_inverts_ratios_and_turns_differences(study):
    there, back = pairs(study)
    for ratio, inverse in ((there.overall(), back.overall()), (there.ratio(1), back.ratio(1))):
        assert inverse.value == pytest.approx(1 / ratio.value)
        for ends, other in ((ratio.interval, inverse.interval), (ratio.other_cases, inverse.other_cases)):
            assert (other.low, other.high) == pytest.approx((1 / ends.high, 1 / ends.low), rel=2e-3)
    (own, cases), (turned, other) = there.difference(0), back.difference(0)
    assert turned.mean == pytest.approx(-own.mean)
    assert (other.low, other.high) == pytest.approx((-cases.high, -cases.low))


def test_equal_scores_are_a_ratio_of_1_inside_of_its_interval(tmp_path):
    (fall,) = falls_to(
        scored(tmp_path, records({"baseline": 1.0}, sizes=SIZES[:2], noise=0.05)), "cella", resamples=DRAWS
    )
    assert fall.overall.value == pytest.approx(1, rel=0.06)
    assert fall.overall.interval.low < 1 < fall.overall.interval.high
    assert fall.overall.other_cases.low < 1 < fall.overall.other_cases.high


def test_a_strategy_beside_itself_changes_nothing_and_beside_the_baseline_by_its_factor(study, found):
    there, _ = pairs(study)
    itself = ratio_of_falls(there, there, [0, 1])
    assert itself.value == 1
    assert itself.log.p_t == 1
    red = found["tecom", "red"]
    inverse = ratio_of_falls(pairs(study, "red")[0], there, [0, 1, 2, 3])
    assert red.beside.value == pytest.approx(0.75, rel=0.1)
    assert inverse.value == pytest.approx(1 / red.beside.value)
    assert red.beside.interval.high < 1
    assert "it shrinks the fall" in beside_words(red, "baseline")
    assert beside_words(found["tecom", "baseline"], "baseline") == ""


def test_the_error_of_networks_that_were_trained_there_stands_beside(study, found):
    home = study.curves("cella", "cella + 0 tecom", None)["nnunet", "red"]
    red = found["tecom", "red"]
    assert [at.trained_there for at in red.sizes] == pytest.approx(list(np.nanmean(home.values, axis=0)))
    assert red.constant == home.constant


def test_networks_of_another_protocol_do_not_stand_beside(tmp_path):
    made = records(sizes=SIZES[:2], seeds=2)
    home = [{**one, "protocol_hash": "other"} if one["task"].startswith("cella") else one for one in made]
    found = falls_to(scored(tmp_path, home), "cella", resamples=DRAWS)
    assert found
    assert all(at.trained_there is None for fall in found for at in fall.sizes)


def alone(one, task="cella", **changed):
    """The same networks, trained and tested at their site alone, whose images have no name of it there."""
    cases = {**one["cases"], "ids": [name.partition("/")[2] for name in one["cases"]["ids"]]}
    form = {**one["form"], "sources": ["base"]}
    kept = {key: value for key, value in one.items() if key != "sources"}
    return {**kept, "id": f"{task}-{one['id']}", "task": task, "cases": cases, "form": form, **changed}


@pytest.mark.parametrize(
    "other",
    [
        lambda one: {"form": {**one["form"], "structures": ["nucleus"]}},
        lambda one: {"form": {**one["form"], "channels": 3}},
        lambda one: {"form": {**one["form"], "size": [32, 32]}},
        lambda one: {"cases": {**one["cases"], "ids": [f"other {at}" for at in range(len(one["cases"]["ids"]))]}},
    ],
)
def test_networks_of_another_task_of_the_site_do_not_stand_beside(tmp_path, other):
    made = records({"baseline": 2.0}, sizes=SIZES[:2], seeds=2)
    there, home = ([one for one in made if one["task"].startswith(site)] for site in SITES)
    strange = [
        {**one, "id": f"a{one['id']}", "task": "cella(a=1)", "test": {"best": {"bce": 9.0}, "last": {"bce": 9.0}}}
        | other(one)
        for one in map(alone, home)
    ]
    (fall,) = falls_to(scored(tmp_path / "strange", there + strange), "cella", resamples=DRAWS)
    assert all(at.trained_there is None for at in fall.sizes)
    assert any("no network was trained at cella alone" in words for words in notes([fall]))
    both = there + strange + [alone(one, "cella(b=1)") for one in home]
    (fall,) = falls_to(scored(tmp_path / "both", both), "cella", resamples=DRAWS)
    means = [np.mean([one["test"]["best"]["bce"] for one in home if one["size"] == size]) for size in SIZES[:2]]
    assert [at.trained_there for at in fall.sizes] == pytest.approx(means)
    assert not any("no network was trained" in words for words in notes([fall]))


def test_a_site_that_gave_images_is_not_outside(tmp_path):
    made = [trial("tecom", "cella", "baseline", 8, seed, factor=2.0, added=4) for seed in range(2)]
    assert falls(scored(tmp_path, made)) == []


def test_without_single_images_intervals_are_over_seeds_alone_and_that_is_said(tmp_path):
    made = records({"baseline": 2.0}, sizes=(8,), seeds=3)
    for one in made:
        for source in one["sources"].values():
            source["cases"] = source["cases"] and {**source["cases"], "bce": None}
    (fall, _) = falls(scored(tmp_path, made), resamples=DRAWS)
    assert fall.patients is None
    assert fall.overall.interval
    assert fall.overall.other_cases is None
    assert any("over seeds alone" in words for words in notes([fall]))


def test_a_network_without_a_finite_score_outside_is_left_out_and_said(tmp_path):
    made = records({"baseline": 2.0}, sizes=(8,))
    made[0]["sources"]["cella"] |= {"test": None, "cases": None}
    fall = next(iter(falls_to(scored(tmp_path, made), "cella", resamples=DRAWS)))
    assert (fall.sizes[0].ratio.log.pairs, fall.lost) == (SEEDS - 1, 1)
    assert any("1 networks have no finite score outside" in words for words in notes([fall]))


def targeted(one):
    """The same networks, validated and tested on the added source in the base's place."""
    inside, outside = one["sources"][SITES[0]], one["sources"][SITES[1]]
    sources = {SITES[0]: {**inside, "cases": one["cases"]}, SITES[1]: {**outside, "cases": None}}
    own = {"test": outside["test"], "cases": outside["cases"], "sources": sources}
    return {**one, **own, "task": f"{one['task']}, tested on {SITES[1]}"}


def test_the_fall_is_the_same_where_the_other_site_is_the_target(tmp_path):
    made = [one for one in records({"baseline": 2.0}, sizes=(8,)) if one["task"].startswith(SITES[0])]
    (plain,) = falls(scored(tmp_path / "plain", made), resamples=DRAWS)
    (target,) = falls(scored(tmp_path / "target", [targeted(one) for one in made]), resamples=DRAWS)
    assert (target.way.inside, target.way.outside) == (plain.way.inside, plain.way.outside)
    assert target.overall.log == plain.overall.log
    assert target.patients == plain.patients


def test_tasks_that_fall_from_one_site_are_told_apart(found):
    fall = found["tecom", "red"]
    other = replace(fall, way=fall.way._replace(task="tecom(size=32) + 0 cella"))
    assert places([fall])[fall.way] == ("tecom", "cella")
    assert places([fall, other]) == {each.way: (each.way.task, "cella") for each in (fall, other)}
