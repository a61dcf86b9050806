"""Curves with networks that say nothing: told, shown without empty images, and not claimed beyond the data."""

import pytest

from segaug.analysis.comparison.compare import compare_trials
from segaug.analysis.curves.fitting import fit_records
from segaug.analysis.planning.curve_need import curve_needs
from segaug.analysis.planning.target import read_target
from segaug.analysis.trials.collapsed import NO_COLLAPSE
from segaug.analysis.trials.measured import measured
from segaug.analysis.trials.shown_dice import shown_dice
from segaug.analysis.trials.table import trials
from segaug.analysis.trials.untrained import untrained
from segaug.results.store import Json
from tests.structures import STRUCTURES, structures_record
from tests.synthetic import record

SIZES = (1, 2, 4, 8, 16, 32)
CALM = {"cases": 12, "shown": 9, "missed": 0, "astray": 0, "invented": 1, "flooded": 0}
EMPTY = CALM | {"missed": 9, "invented": 0}


def study(**changed: object) -> list[Json]:
    """Trials whose law is claimed beyond the data; changed: keys of one of them."""
    found = [
        record("lung", "net", "red", size, seed, noise=0.01) | {"masks": CALM} for size in SIZES for seed in range(6)
    ]
    return [*found[:-1], found[-1] | changed]


def only(records: list[Json], metric: str = "bce"):
    (curve,) = fit_records(records, metric, resamples=100)
    return curve


def test_one_collapsed_trial_bars_claims_beyond_the_data_and_is_named():
    calm, one = only(study()), only(study(masks=EMPTY))
    assert calm.fit.claimed_size == 128
    assert (calm.verdict.floor, "collapsed" in calm.flags) == ("identified", False)
    assert one.fit.claimed_size == 32
    assert {step.failed_conditions for step in one.fit.extrapolations} == {(NO_COLLAPSE,)}
    assert (one.verdict.floor, one.verdict.reason) == ("not_identifiable", f"no floor is stated without {NO_COLLAPSE}")
    assert "collapsed" in one.flags
    assert one.notes[0] == (
        "collapsed: 1 of 6 trials at N=32: an empty prediction in 9 of the 9 test images that show something"
    )
    assert one.fit.law == calm.fit.law, "the trial stays in means and law"


def test_older_records_bar_them_too():
    trial = record("lung", "net", "red", 32, 5, noise=0.01)
    one = only(study(masks=None, hd95={"unit": "px", "both_empty": 3, "one_empty": 9}, test=trial["test"]))
    assert one.fit.claimed_size == 32
    assert "prediction or truth empty, not both, in 9 of the 9 test masks" in one.note
    assert only(study(masks=None, hd95={"unit": "px"})).fit.claimed_size == 128


@pytest.mark.parametrize(("target", "outcome"), [("bce=0.08", "reached"), ("bce=0.01", "unreachable")])
def test_what_a_target_needs_is_not_claimed_beyond_the_data_either(target, outcome):
    """The first is reached at 75 images, the second never, if the law holds."""

    def needed(records: list[Json]):
        asked = read_target(target)
        (one,) = curve_needs(measured(trials(records), asked.metric), asked)
        return one

    calm, one = needed(study()), needed(study(masks=EMPTY))
    assert calm.need.outcome == outcome
    assert (one.need.outcome, one.need.interval.high, one.need.interval.open_high) == ("beyond", 32, True)
    assert one.beware[0].startswith("collapsed: 1 of 6 trials at N=32")


def heart() -> list[Json]:
    """No trial finds rv; lv and myo are found."""
    masks = {"cases": 12, "shown": [9, 12, 12], "missed": [9, 0, 0], "astray": [0] * 3}
    masks |= {"invented": [0, 2, 0], "flooded": [0] * 3}
    return [structures_record("heart", "net", "red", size, seed, noise=0.01) | {"masks": masks}
            for size in SIZES for seed in range(6)]  # fmt: skip


def test_a_structure_that_is_found_is_not_barred_by_one_that_is_not():
    found = {metric: only(heart(), metric) for metric in ("ce", "dice/rv", "dice/lv")}
    assert {metric: "collapsed" in curve.flags for metric, curve in found.items()} == {
        "ce": True, "dice/rv": True, "dice/lv": False,
    }  # fmt: skip
    assert "9 of the 9 test images that show rv" in found["ce"].note


def test_dice_without_images_that_have_nothing_to_find():
    """Of 12 images 9 show something; two of the three others are rightly empty, one is invented and scores 0."""
    (at_32,) = [one for one in shown_dice(only(study()).trials) if one.size == 32]
    dice = [record("lung", "net", "red", 32, seed, noise=0.01)["test"]["best"]["dice"] for seed in range(6)]
    assert at_32.of_all == pytest.approx(sum(dice) / 6)
    assert at_32.of_shown == pytest.approx((12 * at_32.of_all - 2) / 9)
    assert str(at_32) in only(study()).notes

    all_missed = record("lung", "net", "red", 32, 5)["test"]
    all_missed["best"] = all_missed["best"] | {"dice": 3 / 12}  # as in the images that rightly are empty
    (point,) = shown_dice(only([record("lung", "net", "red", 32, 5) | {"masks": EMPTY, "test": all_missed}]).trials)
    assert (point.of_all, point.of_shown) == (pytest.approx(0.25), pytest.approx(0, abs=1e-12))


def test_structures_that_all_images_show_have_no_such_line():
    assert {one.structure for one in shown_dice(only(heart(), "ce").trials)} == {STRUCTURES[0]}
    assert shown_dice(only([one | {"masks": CALM | {"shown": 12}} for one in study()]).trials) == []
    assert shown_dice(only([one | {"masks": None} for one in study()]).trials) == []


def test_the_share_of_trials_that_were_not_trained_out_is_told():
    falling = {"training_loss": [1 / (place + 1) for place in range(16)]}
    found = study()
    for one in found[-8:]:
        one["history"] = one["history"] | falling
    found[0]["history"] = found[0]["history"] | {"training_loss": [None] * 16}  # not known
    told = untrained(only(found).trials)
    assert (told.trials, told.known, told.sizes) == (8, 35, (16, 32))
    assert str(told) in only(found).notes
    assert "not_trained_out" in only(found).flags
    assert untrained(only(study()).trials) is None


def test_a_comparison_says_which_side_collapsed():
    both = [record("lung", "net", name, 4, seed) | {"masks": CALM} for name in ("baseline", "red") for seed in range(6)]
    both[0]["masks"] = EMPTY
    (found,) = compare_trials(trials(both), "bce", {}, "baseline", resamples=100).found
    (told,) = [note for note in found.notes if "collapsed" in note]
    assert told.startswith("the baseline has collapsed: 1 of 6 trials at N=4: an empty prediction in 9 of the 9")
