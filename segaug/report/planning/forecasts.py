"""What more seeds or more sizes would tell: forecasts from the study's own baseline."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from segaug.analysis.comparison.compare import BASELINE
from segaug.analysis.planning.curve_plan import BEYOND, CurvePlan, plan_curve
from segaug.analysis.planning.design_ranking import size_choices
from segaug.analysis.planning.effect_power import POWER, paired_spread, seeds_needed
from segaug.analysis.planning.forecast import Design, Forecast
from segaug.analysis.planning.pilot import NoPilot, Pilot, pilot
from segaug.findings.numbers import number
from segaug.report.blocks.tables import Table
from segaug.report.study.study import Study

SEEDS = (3, 5, 10, 20, 40, 80)
RATIO = 0.9  # of errors: the difference that a comparison should see


@dataclass(frozen=True)
class Forecasts:
    """One task and model: what each design can be expected to say about its baseline."""

    task: str
    model: str
    plan: CurvePlan
    pilot: Pilot
    seeds: int  # that the pilot has; where they share subsets, these

    @property
    def yardstick(self) -> int:
        """Size at which E is forecast."""
        return int(BEYOND * self.pilot.curve.usable().sizes[-1])

    @property
    def unit(self) -> str:
        """What a design has at each size."""
        return "subsets" if self.pilot.curve.seeds_per_subset > 1 else "seeds"

    @property
    def by_sizes(self) -> Mapping[tuple[int, ...], Sequence[Forecast]]:
        """Sizes -> forecasts by the number of seeds."""
        by_sizes: dict[tuple[int, ...], list[Forecast]] = {}
        for design, forecast in self.plan.forecasts.items():
            by_sizes.setdefault(design.sizes, []).append(forecast)
        return by_sizes

    @property
    def sizes_labels(self) -> list[str]:
        """Of each design's sizes."""
        return [line[0].design.sizes_label for line in self.by_sizes.values()]


def forecasts(study: Study) -> list[Forecasts]:
    """Of every task and model whose baseline can be planned on."""
    candidates = (
        (group, pilot(curve.trials)) for group in study.groups if (curve := study.curves_of(*group).get(BASELINE))
    )
    return [_forecasts(*group, candidate) for group, candidate in candidates if isinstance(candidate, Pilot)]


def planning_caption(study: Study) -> str:
    """What is forecast, and from what."""
    return (
        f"What a study of {BASELINE} with so many seeds per size could be expected to say if its fitted law were "
        "true.\nLeft: how often its floor would be identified by the rules of this report; right, half width of the "
        f"95 % interval of E at {BEYOND} times the largest size of this study, in per cent of E, one size for all "
        "designs. Profile intervals on the noise-free planned curve, with the spread over seeds of this study; what "
        "varies are seeds on this test set. A line ends where the interval is open. `segaug plan power --pilot` "
        "prices designs of your own."
    )


def planning_notes(study: Study, groups: Sequence[Forecasts]) -> list[str]:
    """Why forecasts may mislead, and where there are none."""
    notes = [
        f"{study.title(group.task, group.model)}: {caution}" for group in groups for caution in group.pilot.cautions
    ]
    planned = {(group.task, group.model) for group in groups}
    for task, model in study.groups:
        curve = study.curves_of(task, model).get(BASELINE)
        if curve is not None and (task, model) not in planned and isinstance(none := pilot(curve.trials), NoPilot):
            notes.append(f"{study.title(task, model)}: no forecast, {BASELINE} has {none.reason}")
    return notes


def effect_table(study: Study) -> Table:
    """Seeds that the primary test of each strategy needs for a difference worth seeing."""
    return Table(
        f"Seeds with which the paired test over all sizes sees {100 * (1 - RATIO):g} % less error than {BASELINE} in "
        f"{100 * POWER:g} % of studies.\nBy the spread of the relative differences in this one, alone and corrected "
        "for all strategies of the task and model.",
        ("task", "model", "strategy", "sd of relative difference", "pairs here", "seeds", "seeds, corrected"),
        tuple(row for group in study.groups for row in _effect_rows(study, *group)),
        strategy_column=2,
        number_columns=frozenset(range(3, 7)),
    )


def _effect_rows(study: Study, task: str, model: str) -> Iterator[tuple[str, ...]]:
    curves = study.curves_of(task, model)
    baseline = curves.get(BASELINE)
    others = [curve for curve in curves.values() if baseline is not None and curve is not baseline]
    spreads = [(curve, paired_spread(curve.trials, baseline.trials)) for curve in others if baseline is not None]
    known = [(curve, spread) for curve, spread in spreads if spread is not None]
    for curve, spread in known:
        sd = spread.overall(curve.trials.sizes)
        shared = len(set(curve.trials.replicates().seeds) & set(baseline.trials.replicates().seeds)) if baseline else 0
        needed = (seeds_needed(sd, RATIO), seeds_needed(sd, RATIO, len(known)))
        yield (*curve.key, number(sd), str(shared), *map(str, needed))


def _forecasts(task: str, model: str, basis: Pilot) -> Forecasts:
    trials = basis.curve.usable().replicates()
    had = int(max(trials.count("ok")))
    counts = sorted({*SEEDS, max(had, 2)})
    grid = [Design(sizes, seeds) for sizes in size_choices([int(size) for size in trials.sizes]) for seeds in counts]
    return Forecasts(task, model, plan_curve(basis, grid), basis, had)
