"""Words of the fall from inside to outside."""

from collections.abc import Iterator, Sequence

from segaug.analysis.curves.population import FEW_PATIENTS
from segaug.analysis.sites.fall import Fall, FallAt, Way
from segaug.findings.comparisons import ratio, with_other_cases
from segaug.findings.numbers import number
from segaug.findings.with_interval import with_interval
from segaug.measures import quantity

_IN_EITHER = " or "  # in a unit that depends on the images
CAUTIONS = (
    "Sites differ in more than their scanners: in patients, preparation, annotators and how much of an image the "
    "structure takes up. A fall says that they differ for this network, not in what.",
    "One site is not the outside in general: an interval over its patients says nothing of a third site.",
    "A higher error outside may be one of harder images: look at the error on the same images of networks that were "
    "trained there, where the study has some.",
)


def difference(at: FallAt) -> str:
    """Of the errors, with its interval over seeds."""
    return with_interval(at.difference.mean, at.difference.interval, most=5, sign=True)


def difference_on_other_cases(at: FallAt) -> str:
    """The interval with other patients of both sites; "" where they are not known."""
    return with_interval(None, at.difference_other_cases, most=5, sign=True)


def overall_words(fall: Fall) -> str:
    """The ratio over all sizes, with both intervals; "" where no size has two seeds."""
    if not fall.overall.log.pairs:
        return ""
    sizes = ", ".join(str(at.size) for at in fall.sizes if at.ratio.log.pairs > 1)
    other = with_other_cases(fall.overall)
    return f"over N = {sizes}: ratio {ratio(fall.overall)}" + (f"; other patients, too: {other}" if other else "")


def beside_words(fall: Fall, baseline: str) -> str:
    """Does the strategy shrink the fall?  "" of the baseline, and where nothing can be paired."""
    if fall.beside is None or not fall.beside.log.pairs:
        return ""
    other = with_other_cases(fall.beside)
    told = f"fall of {fall.strategy} over that of {baseline}: {ratio(fall.beside)}"
    return f"{told}{f'; other patients, too: {other}' if other else ''}: {_shrinks(fall)}"


def _shrinks(fall: Fall) -> str:
    intervals = [fall.beside and fall.beside.interval, fall.beside and fall.beside.other_cases]
    known = [interval for interval in intervals if interval]
    if not known or intervals[0] is None:
        return "with so few seeds nothing is shown"
    if all(interval.high < 1 for interval in known):
        return "it shrinks the fall"
    if all(interval.low > 1 for interval in known):
        return "it makes the fall larger"
    return "not shown to change it"


def places(falls: Sequence[Fall]) -> dict[Way, tuple[str, str]]:
    """From where to where, for readers: a task stands for the site inside where several tasks fall from it."""
    ways = list(dict.fromkeys(fall.way for fall in falls))
    tasks = {way: {other.task for other in ways if other[1:] == way[1:]} for way in ways}
    return {way: (way.inside if len(tasks[way]) == 1 else way.task, way.outside) for way in ways}


def notes(falls: Sequence[Fall]) -> Iterator[str]:
    """What is peculiar about some falls, each thing once for all whom it is true of."""
    if any(_IN_EITHER in quantity(fall.metric).measure.unit for fall in falls if fall.metric):
        yield "distances are in mm where pixels have a known size, else in px; records do not say which it is outside"
    for way, (inside_name, outside_name) in places(falls).items():
        own = [fall for fall in falls if fall.way == way]
        place = f"{inside_name} to {outside_name}"
        if all(at.trained_there is None for fall in own for at in fall.sizes):
            alone = f"no network was trained at {way.outside} alone on as many images"
            yield f"{place}: {alone}, and tested by the same protocol on the same test set"
        if any(fall.patients is None for fall in own):
            yield f"{place}: values of single patients are not known on both sites, so intervals are over seeds alone"
        if counts := {fall.patients for fall in own if fall.patients}:
            inside, outside = max(counts)
            few = f"; fewer than {FEW_PATIENTS} make intervals for other patients rough"
            rough = few if min(inside, outside) < FEW_PATIENTS else ""
            yield f"{place}: {inside} test patients inside, {outside} outside{rough}"
        for fall in own:
            worse = [str(at.size) for at in fall.sizes if at.outside > fall.constant]
            if worse:
                told = f"{number(fall.constant)}) at N = {', '.join(worse)}"
                yield f"{place}, {fall.strategy}: outside worse than the best constant prediction there ({told}"
        if lost := sum(fall.lost for fall in own):
            yield f"{place}: {lost} networks have no finite score outside, and are left out"
