"""What `segaug plan power` prints."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.table import Table

from segaug import terminal
from segaug.analysis.interval import Interval
from segaug.analysis.planning.curve_plan import BEYOND, CurvePlan
from segaug.analysis.planning.design_ranking import Option
from segaug.analysis.planning.effect_power import LEVEL, POWER, SeedsForEffect, spread_range
from segaug.analysis.planning.forecast import Design
from segaug.analysis.planning.minimum_trials import shortcomings
from segaug.analysis.planning.pilot import Pilot
from segaug.analysis.planning.power_plan import PilotStudy, PowerPlan
from segaug.analysis.trials.curve_trials import CurveKey
from segaug.cli.names import Names
from segaug.findings.phrases import by_words

_MANY = 6  # sizes; of more, only the first, the middle and the last have a column of their own


def print_plan(
    plan: PowerPlan,
    metrics: Mapping[str, str],
    baseline: str,
    ratio: float,
    budget: float = math.inf,
    *,
    all_curves: bool = False,
) -> None:
    """Tables, each with its notes.

    metrics: of each task.  budget: hours.  all_curves: every strategy, not the baseline alone.
    """
    console = terminal.console(markup=False)
    shown = {key: curve for key, curve in plan.curves.items() if all_curves or key.strategy == baseline} or plan.curves
    for key, curve in shown.items():
        console.print(_curve_title(key, curve, metrics[key.task]), curve_table(curve, plan.unit), sep="\n")
        console.print("chance of each verdict, in %", verdict_table(curve, plan.unit), sep="\n")
    console.print(*_curve_notes(next(iter(shown.values()))), "", sep="\n")
    options = [option for option in plan.options if option.cost.hours is None or option.cost.hours <= budget]
    curves = f"{len(plan.curves)} curves" if len(plan.curves) > 1 else "one curve"
    console.print(f"what each design costs for {curves}, the surest first", option_table(plan, options), sep="\n")
    console.print(*_option_notes(plan, options, budget), *_more_seeds_or_sizes(plan), "", sep="\n")
    console.print(f"{plan.unit} to see an error {100 * (1 - ratio):.3g} % below that of {baseline}")
    for family, rows in plan.effects.items():
        names = Names(rows)
        short = {names[label]: row for label, row in rows.items()}
        console.print(", ".join(filter(None, family)), effect_table(short), *names.legend(), sep="\n")
    compared = [row for rows in plan.effects.values() for row in rows.values()]
    console.print(*_effect_notes(compared, plan.unit), "", sep="\n")
    console.print(*_closing_lines(plan, hidden=len(shown) < len(plan.curves)), sep="\n")


def curve_table(plan: CurvePlan, unit: str = "seeds") -> Table:
    """Intervals to expect, one row a design.  unit: what a design has at each size."""
    table = _table("sizes N", unit, "b", "floor %", "slope", "E(Nmax)", f"E({BEYOND}Nmax)")
    return _filled(table, plan, _forecast_cells)


def verdict_table(plan: CurvePlan, unit: str = "seeds") -> Table:
    """Chances of what `segaug fit` will print, one row a design."""
    return _filled(_table("sizes N", unit, "floor: identified", "bounded", "b: identified"), plan, _chance_cells)


def _filled(table: Table, plan: CurvePlan, cells: Callable[[CurvePlan, Design], Iterable[str]]) -> Table:
    for _, group in groupby(plan.forecasts, key=lambda design: design.sizes):
        for place, design in enumerate(group):
            table.add_row("" if place else design.sizes_label, str(design.seeds), *cells(plan, design))
        table.add_section()
    return table


def option_table(plan: PowerPlan, options: Sequence[Option]) -> Table:
    """One row a design for all curves together."""
    hours = [] if plan.pilot is None else ["hours"]
    table = _table("sizes N", plan.unit, f"E(N={plan.yardstick})", "floor", "trials", *hours, "images", "")
    for option in options:
        table.add_row(*_option_cells(option, bool(hours)), "*" if option.efficient else "")
    return table


def effect_table(rows: Mapping[str, SeedsForEffect]) -> Table:
    """One row a strategy, or a set of sizes."""
    sizes = sorted({size for row in rows.values() for size in row.at})
    if len(sizes) > _MANY:
        sizes = [sizes[0], sizes[len(sizes) // 2], sizes[-1]]
    table = _table("", "all N", *(f"N={size}" for size in sizes))
    for label, row in rows.items():
        table.add_row(label, _seeds(row.overall), *(_seeds(row.at.get(size)) for size in sizes))
    return table


def _curve_title(key: CurveKey, plan: CurvePlan, metric: str) -> str:
    law, basis = plan.basis.law, plan.basis
    ends = min(design.sizes[0] for design in plan.forecasts), max(design.sizes[-1] for design in plan.forecasts)
    first, last = basis.spread.cv(ends)
    cautions = "".join(f"\ncaution: {caution}" for caution in basis.cautions) if isinstance(basis, Pilot) else ""
    return (
        f"{', '.join(filter(None, key)) or 'assumed law'}: {metric} = {law.a:.3g} N^-{law.b:.3g} + {law.c:.3g}, "
        f"a trial varies by {first:.0%} at N={ends[0]}, {last:.0%} at N={ends[1]}{cautions}"
    )


def _curve_notes(plan: CurvePlan) -> Iterator[str]:
    yield "b, floor (share of E(Nmax)), slope (at Nmax): 95 % intervals to expect, if the law is true"
    yield "E: half width of its interval; Nmax: the largest size of each design"
    ranged = "; in brackets: under all laws that the pilot accepts" if plan.basis.plausible_laws else ""
    yield f"chances are of the words of `segaug fit` on floor and b, if the law is true{ranged}"
    yield "identified: a floor is stated; bounded: it is said what it would be below"
    if dof := plan.basis.spread.noise.dof:
        low, high = spread_range(dof)
        yield f"widths may be {low:.2f} to {high:.2f} times as large: so uncertain is the spread in the pilot"


def _option_notes(plan: PowerPlan, options: Sequence[Option], budget: float) -> Iterator[str]:
    of = " of the middle curve" if len(plan.curves) > 1 else ""
    yield f"*: nothing as cheap is as sure; E(N={plan.yardstick}): half width{of}, one size for all designs"
    yield f"floor: chance that it is identified{of}"
    if not options:
        cheapest = min(option.cost.price for option in plan.options)
        yield f"no design is within {budget:g} hours: the cheapest takes {_hours(cheapest)}"
    elif len(options) < len(plan.options):
        yield f"{len(options)} of {len(plan.options)} designs are within {budget:g} hours"
    if plan.pilot is None:
        yield "images: the largest N; labels for validation come on top"
    else:
        yield from _pilot_notes(plan.pilot, [option.design for option in options])


def _pilot_notes(pilot: PilotStudy, designs: Sequence[Design]) -> Iterator[str]:
    yield "trials: those that the pilot has not run; hours: of one core (or of the pilot's device)"
    if (shared := pilot.seeds_per_subset) > 1:
        yield f"a subset has {shared} trials, as in the pilot: trials that share images are no replicates"
    if any(design.sizes[-1] > pilot.sizes[-1] for design in designs):
        how = "in proportion to N" if pilot.updates_follow_size else "as long as there"
        yield f"hours beyond a curve's largest size are extrapolated by its updates: {how}"
    labels = ", ".join(f"{task.validation} ({task.task})" for task in pilot.tasks)
    yield f"images: the largest N; labels for validation come on top: {labels}"
    largest = max((design.sizes[-1] for design in designs), default=0)
    for task in pilot.tasks:
        if largest > task.pool:
            yield f"{task.task} has {task.pool} images to draw from: a larger N needs new ones"
        elif 2 * largest > task.pool:
            yield f"{task.task} has {task.pool} images to draw from: beyond half of them seeds share many"


def _effect_notes(rows: Sequence[SeedsForEffect], unit: str) -> Iterator[str]:
    chance = f"chance to see it {100 * POWER:g} %, level {100 * LEVEL:g} %"
    yield f"pairs of trials of the same {unit.removesuffix('s')}; {chance}"
    yield "all N: one test over all sizes, the main one of a study"
    yield "in brackets: where the strategies (all N) or all comparisons share the level"
    measured = [row.spread.noise.dof for row in rows if row.spread.measured]
    if measured:
        low, high = (factor**2 for factor in spread_range(min(measured)))
        yield f"may be {low:.1f} to {high:.1f} times as many: so uncertain is the spread of the pilot's pairs"
    if len(measured) < len(rows):
        yield "no pairs were measured: their spread is CV sqrt(2 (1 - r)), r = 0.5 assumed"


def _closing_lines(plan: PowerPlan, hidden: bool) -> Iterator[str]:
    designs = list(plan.costs)
    said = by_words(
        (text, design) for design in designs for text in shortcomings(design, plan.comparisons(design), plan.unit)
    )
    yield from (f"{_designs_label(having, designs, plan.unit)}: {text}" for text, having in said.items())
    yield from (f"not planned: {curve.key}: {curve.reason}" for curve in plan.lacking)
    if hidden:
        yield "--all-curves shows the other strategies too"


def _more_seeds_or_sizes(plan: PowerPlan) -> list[str]:
    """The narrowest sizes with most seeds, against the widest with fewest; nothing without a choice."""
    seeds = sorted({design.seeds for design in list(plan.costs)})
    narrow = min((design.sizes for design in list(plan.costs)), key=lambda sizes: (sizes[-1], len(sizes)))
    wide = max((design.sizes for design in list(plan.costs)), key=lambda sizes: (sizes[-1], -len(sizes)))
    if len(seeds) < 2 or narrow == wide:
        return []
    by_design = {option.design: option for option in plan.options}
    more, wider = by_design[Design(narrow, seeds[-1])], by_design[Design(wide, seeds[0])]
    return [f"more {plan.unit}: {_bought(more, plan)}", f"more sizes: {_bought(wider, plan)}"]


def _bought(option: Option, plan: PowerPlan) -> str:
    what = f"{option.design.sizes_label} with {option.design.seeds} {plan.unit}"
    hours = "" if option.cost.hours is None else f", {_hours(option.cost.hours)} hours"
    return f"{what}: E(N={plan.yardstick}) {_half_width(option.half_width)}, {option.cost.trials} trials{hours}"


def _forecast_cells(plan: CurvePlan, design: Design) -> Iterator[str]:
    forecast, largest = plan.forecasts[design], design.sizes[-1]
    share = forecast.profile.floor_share
    yield _span(forecast.profile.b)
    yield f"{100 * share.low:.0f}-{100 * share.high:.0f}"
    yield _span(forecast.profile.slope)
    yield _half_width(forecast.relative_half_width(largest))
    yield _half_width(forecast.relative_half_width(BEYOND * largest))


def _chance_cells(plan: CurvePlan, design: Design) -> Iterator[str]:
    chances, plausible = plan.forecasts[design].chances, plan.identified_range[design]
    ranged = " ({:.0f}-{:.0f})".format(*(100 * chance for chance in plausible)) if plausible else ""
    yield f"{100 * chances.identified:.0f}{ranged}"
    yield f"{100 * chances.bounded:.0f}"
    yield f"{100 * chances.exponent:.0f}"


def _option_cells(option: Option, hours: bool) -> Iterator[str]:
    cost = option.cost
    yield from (option.design.sizes_label, str(option.design.seeds), _half_width(option.half_width))
    yield from (f"{option.floor_identified:.0%}", str(cost.trials))
    if hours:
        yield "?" if cost.hours is None else _hours(cost.hours)
    yield str(cost.images)


def _designs_label(having: Sequence[Design], designs: Sequence[Design], unit: str) -> str:
    seeds = sorted({design.seeds for design in having})
    if len(having) == len(designs):
        return "all designs"
    if len(having) == sum(design.seeds in seeds for design in designs):
        return f"{', '.join(map(str, seeds))} {unit}"
    return ", ".join(dict.fromkeys(design.sizes_label for design in having))


def _table(first: str, *others: str) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=0, pad_edge=False)
    table.add_column(first, overflow="fold")
    for column in others:
        table.add_column(column, justify="right", overflow="fold")  # a narrow terminal must not cut numbers short
    return table


def _span(interval: Interval) -> str:
    if interval.open_low and interval.open_high:
        return "any"
    if interval.open_high:
        return f">{interval.low:.2f}"
    return f"<{interval.high:.2f}" if interval.open_low else f"{interval.low:.2f}-{interval.high:.2f}"


def _half_width(share: float) -> str:
    return f"±{share:.0%}" if share < 10 else "over 10 x"


def _hours(hours: float) -> str:
    return f"{hours:.1f}" if hours < 100 else f"{hours:.0f}"


def _seeds(needed: tuple[int, int] | None) -> str:
    if needed is None:
        return ""
    alone, shared = needed
    return str(alone) if alone == shared else f"{alone} ({shared})"
