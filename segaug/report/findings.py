"""What each folded section of the page has found, in a sentence: who reads no further knows that much."""

from collections.abc import Callable, Iterable, Sequence
from statistics import fmean

from segaug.analysis.law.lack_of_fit import TESTABLE_SIZES
from segaug.report.blocks.tables import Table, number
from segaug.report.curves.captions import orders_text
from segaug.report.data.cards import Card
from segaug.report.planning.forecasts import RATIO, Forecasts
from segaug.report.study.measure import Json, Measure
from segaug.report.study.study import Study, collect
from segaug.report.trials import times
from segaug.report.variance.sources import Limit

_MOST_NAMES = 4  # that a line lists
_UNREADABLE = ("too_few_sizes", "law_rejected")  # floors of verdicts


def of_verdicts(study: Study) -> str:
    """How many floors and exponents may be read."""
    verdicts = [curve.verdict for curve in study.fits if curve.points]
    readable = [one for one in verdicts if one.floor not in _UNREADABLE]
    if not readable:
        return "No law may be read: no curve has enough sizes and a law that fits them."
    floors = sum(one.floor == "identified" for one in readable)
    exponents = sum(one.exponent == "identified" for one in readable)
    return f"A floor is identified in {floors} of {_counted(verdicts, 'curve')}, the exponent b in {exponents}."


def of_laws(study: Study) -> str:
    """How steep the curves still are."""
    readable = [fit for curve, fit in study.laws if curve.verdict.floor not in _UNREADABLE]
    if not readable:
        return "No law may be read; what is listed only joins the means."
    slopes = _range((fit.default.slope.value for fit in readable), lambda slope: f"{slope:.2g}")
    return f"At its largest N a curve still falls by {slopes} % for 1 % more {study.counted}."


def of_checks(study: Study) -> str:
    """How well the laws fit, and what the smaller sizes predict."""
    tested = [fit for _, fit in study.laws if "law_not_testable" not in fit.flags]
    fitting = sum(not fit.default.lack_of_fit.doubtful for fit in tested)
    untested = f"The law cannot be tested with fewer than {TESTABLE_SIZES} sizes"
    said = f"The law fits {fitting} of {_counted(tested, 'curve')}" if tested else untested
    checks = [fit.holdout for _, fit in study.laws if fit.holdout is not None]
    if not checks:
        return f"{said}; there are too few sizes to predict the largest one from."
    worst = 100 * max(abs(check.relative_error) for check in checks)
    failed = sum(not check.passed for check in checks)
    beyond = f", beyond chance for {failed} of {len(checks)}" if failed else ""
    return f"{said}; the largest N is predicted within {worst:.2g} %{beyond}."


def of_measures(study: Study, opposed: int | None) -> str:
    """Whether they agree; opposed: pairs of strategies that two measures order differently, None: not asked."""
    if opposed is None:
        return f"{_names([measure.name for measure in study.measured.everywhere])}."
    return orders_text(opposed).split(". ")[0].removesuffix(".") + "."


def of_structures(study: Study, rows: Iterable[tuple[tuple[str, str], Sequence[Measure]]]) -> str:
    """The best and the worst structure of each task, by one measure, at the largest N."""
    said = []
    for (task, model), measures in rows:
        largest = max(record["size"] for record in study.ok if (record["task"], record["model"]) == (task, model))
        at = [one for one in study.ok if (one["task"], one["model"], one["size"]) == (task, model, largest)]
        means = {one.quantity.structure: fmean(found) for one in measures if (found := _values(one, at))}
        listed = ", ".join(f"{name} {number(value)}" for name, value in means.items())
        said.append(f"{study.title(task, model)} at N = {largest}: {measures[0].quantity.measure.words} of {listed}")
    return f"{_names(said, 'more tasks')}, mean over strategies."


def of_variance(limits: Sequence[Limit]) -> str:
    """What would make the means more precise."""
    if len(limits) == 1:
        return f"At N = {limits[0].size} the mean error is known to {limits[0].percent:.2g} %: {limits[0].advice}."
    cases = sum(one.by_cases for one in limits)
    return f"At the largest N, test cases limit {cases} of {len(limits)} means, and seeds the others."


def of_planning(effects: Table, found: Sequence[Forecasts]) -> str:
    """Seeds for a difference worth seeing."""
    seeds = [int(row[-1]) for row in effects.rows]
    if not seeds:
        return f"What {_counted(found, 'baseline')} would tell with more seeds or sizes."
    return f"To see {100 * (1 - RATIO):g} % less error takes {_range(seeds)} seeds per size."


def of_divergence(study: Study) -> str:
    """How many trials, and whose."""
    if not study.diverged:
        return f"None of the {len(study.records):,} trials that came to an end diverged."
    counts = {name: len(found) for name, found in collect(study.diverged, "strategy").items()}
    listed = [f"{name} {counts[name]}" for name in study.strategies if name in counts]
    return f"{len(study.diverged):,} of {len(study.records):,} trials diverged: {_names(listed)}."


def of_training(study: Study) -> str:
    """What a trial takes."""
    seconds = {
        name: fmean(record["seconds"] for record in found) for name, found in collect(study.records, "strategy").items()
    }
    listed = [f"{number(seconds[name])} s ({name})" for name in study.strategies if name in seconds]
    return f"A trial takes {_names(listed)}; all of them took {times.hours(study)}."


def of_trials(study: Study) -> str:
    """How many are done."""
    lacking = ((len(study.failures), "failed"), (len(study.missing), "not done yet"))
    words = "".join(f", {count:,} {state}" for count, state in lacking if count)
    return f"{len(study.records):,} of {len(study.trials):,} trials have a result{words}."


def of_data(cards: Sequence[Card]) -> str:
    """How large the data sets are."""
    return f"{_names([f'{card.task} ({card.extent})' if card.extent else card.task for card in cards], 'more')}."


def of_protocol(study: Study) -> str:
    """How long a trial trains, and by which program."""
    updates = _range({record["updates"] for record in study.records})
    versions = sorted({record["versions"].get("segaug", "unknown") for record in study.records})
    return f"{updates} updates a trial; segaug {', '.join(versions)}."


def of_checklist(table: Table) -> str:
    """How much of it is filled in."""
    return f"{_counted(table.rows, 'item')} that a paper has to report, filled in from the records."


def _values(measure: Measure, records: Iterable[Json]) -> list[float]:
    return [value for record in records if (value := measure.of(record)) is not None]


def _counted(some: Sequence[object], noun: str) -> str:
    return f"{len(some):,} {noun}{'' if len(some) == 1 else 's'}"


def _range(values: Iterable[float], told: Callable[[float], str] = lambda value: f"{value:g}") -> str:
    found = list(map(told, sorted(values)))
    return found[0] if found[0] == found[-1] else f"{found[0]} to {found[-1]}"


def _names(names: Sequence[str], others: str = "others") -> str:
    left = len(names) - _MOST_NAMES
    shown = names if left <= 1 else names[:_MOST_NAMES]
    return ", ".join(shown) + (f" and {left} {others}" if left > 1 else "")
