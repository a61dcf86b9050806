"""Grids of designs for whole studies."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from segaug.analysis.law.power_law import PowerLaw
from segaug.analysis.planning.curve_plan import Assumption, forecast_frame, plan_curve
from segaug.analysis.planning.design_ranking import size_choices
from segaug.analysis.planning.forecast import Design, verdict_chances
from segaug.analysis.planning.pilot import pilot
from segaug.analysis.planning.power_plan import plan_from_law, plan_from_pilot
from segaug.analysis.planning.trial_spread import assumed_spread
from segaug.cli.plan_power_output import print_plan
from tests.analysis.made_curve import curve
from tests.analysis.simulated import DESIGNS, trials

SIZES = DESIGNS["8..64"]
ASSUMED = Assumption(PowerLaw(0.4, 0.5, 0.05), assumed_spread({1: 0.3, 512: 0.05}))


def study(strategies=("baseline", "red"), seeds=8):
    rng = np.random.default_rng(0)
    return [curve(trials(rng, SIZES, 0.5, 0.5, seeds), SIZES, strategy) for strategy in strategies]


def test_size_choices_add_doublings_at_both_ends():
    assert size_choices((8, 16)) == [
        (8, 16), (8, 16, 32), (8, 16, 32, 64), (2, 4, 8, 16), (2, 4, 8, 16, 32, 64),
    ]  # fmt: skip
    assert size_choices((1, 4)) == [(1, 4), (1, 4, 8), (1, 4, 8, 16)]
    assert size_choices((6, 12))[3] == (3, 6, 12)


def test_by_default_a_plan_starts_at_the_pilot_and_goes_on():
    plan = plan_from_pilot(study(), ratio=0.9, baseline="baseline")
    assert {design.seeds for design in plan.costs} == {8, 10, 20, 40}
    assert plan.costs[Design((8, 16, 32, 64), 8)].trials == 0
    assert plan.costs[Design((8, 16, 32, 64), 10)].trials == 2 * 4 * 2  # seeds, sizes, curves
    assert plan.yardstick == 256
    assert plan.comparisons(Design((8, 16, 32, 64), 8)) == 4


def test_options_are_ranked_by_what_they_say_of_one_size_and_marked_by_price():
    plan = plan_from_law(ASSUMED, ratio=0.9)
    widths = [option.half_width for option in plan.options]
    assert widths == sorted(widths)
    for option in plan.options:
        rivals = [other for other in plan.options if other.cost.trials <= option.cost.trials]
        assert option.efficient == (option.half_width == min(rival.half_width for rival in rivals))
    assert len({option.design for option in plan.options}) == len(plan.costs) == 20


def test_two_more_doublings_beat_four_times_the_seeds():
    plan = plan_from_law(ASSUMED, 0.9, sizes=[(8, 16, 32, 64), (8, 16, 32, 64, 128, 256)], seeds=(10, 40))
    by_design = {option.design: option for option in plan.options}
    more_seeds = by_design[Design((8, 16, 32, 64), 40)]
    more_sizes = by_design[Design((8, 16, 32, 64, 128, 256), 10)]
    assert more_sizes.half_width < more_seeds.half_width
    assert more_sizes.floor_identified > more_seeds.floor_identified
    assert more_sizes.cost.trials < more_seeds.cost.trials


def test_a_study_of_one_strategy_assumes_the_spread_of_differences():
    plan = plan_from_pilot(study(("baseline",)), ratio=0.9, baseline="baseline")
    assert [not one.spread.measured for rows in plan.effects.values() for one in rows.values()] == [True]
    assert all(one.spread.measured for one in plan_from_pilot(study(), 0.9, "baseline").effects["lung", "net"].values())


def test_designs_are_in_subsets_where_seeds_share_them(capsys):
    shared = [replace(one, seeds_per_subset=2) for one in study(seeds=12)]
    plan = plan_from_pilot(shared, 0.9, "baseline", sizes=[(8, 16, 32, 64)], seeds=(6, 8))
    assert plan.unit == "subsets"
    assert plan.costs[Design((8, 16, 32, 64), 6)].trials == 0  # six subsets of two are there
    print_plan(plan, {"lung": "bce"}, "baseline", 0.9)
    text = capsys.readouterr().out
    assert "subsets to see an error" in text
    assert not re.search(r"\d seeds|^ *sizes N seeds", text)


def test_the_range_of_detection_covers_that_of_the_best_law():
    found = pilot(study()[0])
    design = Design((8, 16, 32, 64, 128), 10)
    plan = plan_curve(found, [design])
    low, high = plan.identified_range[design]
    assert low <= plan.forecasts[design].chances.identified <= high
    assert high == max(verdict_chances(law, found.spread, design).identified for law in found.plausible_laws)
    assert plan_curve(ASSUMED, [design]).identified_range[design] is None


def test_the_frame_has_a_row_for_each_curve_and_design():
    plan = plan_from_pilot(study(), ratio=0.9, baseline="baseline", sizes=[(8, 16, 32, 64)], seeds=(8, 20))
    frame = forecast_frame(plan.curves)
    assert frame[["strategy", "sizes", "seeds"]].to_numpy().tolist() == [
        [strategy, "8 16 32 64", seeds] for strategy in ("baseline", "red") for seeds in (8, 20)
    ]
    assert (frame["b_low"] < frame["law_b"]).all()
    assert (frame["e_4max_half_width"] > frame["e_max_half_width"]).all()
    assert frame["floor_identified"].between(0, 1).all()
    assert not math.isnan(frame["floor_identified_low"].min())


def test_plans_know_nothing_of_trials_that_do_not_matter():
    """The order of curves changes nothing."""
    forwards, backwards = (plan_from_pilot(curves, 0.9, "baseline") for curves in (study(), study()[::-1]))
    assert forwards.costs == backwards.costs
    assert [option.half_width for option in forwards.options] == pytest.approx(
        [option.half_width for option in backwards.options]
    )
