"""A grid of designs for all curves of a study, or for a law that somebody has in mind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from segaug.analysis.planning.curve_plan import Assumption, CurvePlan, plan_curve
from segaug.analysis.planning.design_ranking import Option, rank_designs, size_choices
from segaug.analysis.planning.effect_power import SeedsForEffect, effects, seeds_for_effect, unpaired_spread
from segaug.analysis.planning.forecast import Design
from segaug.analysis.planning.pilot import NoPilot, pilots
from segaug.analysis.planning.trial_cost import Cost, TaskImages, cost, task_images, updates_follow_size
from segaug.analysis.trials.curve_trials import CurveKey, CurveTrials

_YARDSTICK = 4  # designs are compared at the error at so many times the largest size of the pilot
_SEEDS = (5, 10, 20, 40)
_SIZES = tuple(tuple(2**step for step in range(*ends)) for ends in ((3, 7), (3, 9), (3, 11), (2, 8), (0, 10)))
Sizes = Sequence[tuple[int, ...]]


@dataclass(frozen=True)
class PilotStudy:
    """What a plan owes to its pilot beside laws and spreads."""

    sizes: tuple[int, ...]  # measured in any planned curve
    tasks: tuple[TaskImages, ...]
    updates_follow_size: bool  # hours beyond these sizes are taken in proportion to N; else as at the largest one
    seeds_per_subset: int = 1  # where several share a subset, a design's seeds are subsets with so many trials each


@dataclass(frozen=True, eq=False)
class PowerPlan:
    """What each design can say about each curve, what it costs, and how many seeds a difference needs."""

    curves: dict[CurveKey, CurvePlan]
    costs: dict[Design, Cost]  # of all planned curves together
    yardstick: int  # the size at whose error designs are compared
    effects: dict[tuple[str, str], dict[str, SeedsForEffect]]  # by task and model, then by strategy (or by sizes)
    lacking: tuple[NoPilot, ...] = ()  # curves that nothing is forecast for
    pilot: PilotStudy | None = None  # None: planned from a law

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """The designs for all planned curves together, the surest first."""
        return rank_designs(self.curves, self.costs, self.yardstick)

    @property
    def unit(self) -> str:
        """What a design has at each size: seeds, or the subsets that these share."""
        return "subsets" if self.pilot is not None and self.pilot.seeds_per_subset > 1 else "seeds"

    def comparisons(self, design: Design) -> int:
        """Tests that share a level in this design: strategies times sizes."""
        strategies = 1 if self.pilot is None else max(map(len, self.effects.values()))
        return strategies * len(design.sizes)


def plan_from_pilot(
    curves: Sequence[CurveTrials], ratio: float, baseline: str, sizes: Sizes = (), seeds: Sequence[int] = ()
) -> PowerPlan:
    """Plan from the curves of a study.

    ratio: of a strategy's error to the baseline's that is worth seeing.  sizes, seeds: of the designs; by default those
    of the pilot and beyond.  Raises DataError where no curve can be planned on.
    """
    usable, lacking = pilots(curves)
    measured = tuple(sorted({int(size) for pilot in usable for size in pilot.curve.sizes}))
    had = max(len(pilot.curve.replicates().seeds) for pilot in usable)
    grid = _grid(sizes or size_choices(measured), seeds or (had, *(more for more in _SEEDS if more > had)))
    compared = effects(curves, baseline, ratio)
    if not compared:  # no two strategies share seeds: the spread of one has to stand for that of a difference
        compared = {
            pilot.key: seeds_for_effect(unpaired_spread(pilot.spread.noise), measured, ratio, 1) for pilot in usable
        }
    return PowerPlan(
        {pilot.key: plan_curve(pilot, grid) for pilot in usable},
        {design: cost([pilot.curve for pilot in usable], design) for design in grid},
        _YARDSTICK * measured[-1],
        _families(compared),
        tuple(lacking),
        PilotStudy(
            measured,
            task_images([pilot.curve for pilot in usable]),
            any(updates_follow_size(pilot.curve.table) for pilot in usable),
            max(pilot.curve.seeds_per_subset for pilot in usable),
        ),
    )


def plan_from_law(assumed: Assumption, ratio: float, sizes: Sizes = (), seeds: Sequence[int] = ()) -> PowerPlan:
    """Plan one curve without a pilot; arguments as in `plan_from_pilot`."""
    grid = _grid(sizes or _SIZES, seeds or _SEEDS)
    spread = unpaired_spread(assumed.spread.noise)
    return PowerPlan(
        {CurveKey("", "", ""): plan_curve(assumed, grid)},
        {design: Cost(design.seeds * len(design.sizes), None, design.sizes[-1]) for design in grid},
        _YARDSTICK * min(design.sizes[-1] for design in grid),
        {("", ""): {design.sizes_label: seeds_for_effect(spread, design.sizes, ratio, 1) for design in grid}},
    )


def _grid(sizes: Sizes, seeds: Sequence[int]) -> list[Design]:
    """Every set of sizes with every number of seeds."""
    return [Design(*choice) for choice in product(sizes, seeds)]


def _families(effects: Mapping[CurveKey, SeedsForEffect]) -> dict[tuple[str, str], dict[str, SeedsForEffect]]:
    families: dict[tuple[str, str], dict[str, SeedsForEffect]] = {}
    for key, effect in effects.items():
        families.setdefault((key.task, key.model), {})[key.strategy] = effect
    return families
