"""Captions: every axis, unit, interval and number of trials, in words.

The first line of a caption says what is shown, in two lines of the page; what follows a line break says how to read it.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from segaug.findings.comparisons import CLEAR
from segaug.findings.laws import LACK_OF_FIT, MISFIT, TOGETHER
from segaug.report.curves.histories import shown_sizes, validated
from segaug.report.marks.crowd import MOST_DRAWN, drawn_words
from segaug.report.study.measure import Measure
from segaug.report.study.study import Study, collect

LAW = "E(N) = a·N⁻ᵇ + c"
VARIES = (
    "The trials of one N differ in their seed: which images are drawn, initial weights, order and augmentation. The "
    "test images are the same for all."
)
PUBLISHED = f"{LAW} by unweighted least squares over all converged trials"  # the published fit
PROFILE = "95 % profile intervals over seeds, for this test set"


def overview_caption(study: Study) -> str:
    """Of the fitted measure against N, all strategies together."""
    measured = study.measured
    return (
        f"{_title(measured.name)} against N labelled training {study.counted}: {_means(study)}, and the law through "
        "them.\n"
        f"{_title(measured.name)}: {measured.meaning}. Both axes are logarithmic, and the panels of a task share "
        f"theirs. {_cost(study)} Strategies are moved sideways a little so "
        f"that none hides another. Lines: the law {LAW}, weighted by the noise at each N; where there is no law, or "
        "it is rejected, the means are joined. Dashed on grey: extrapolation, where it is claimed. Shaded: pointwise "
        f"95 % profile interval of the law, for this test set. {VARIES} {references_caption(measured.fitted)} Crosses "
        "at the top: diverged trials."
    )


def single_caption(study: Study) -> str:
    """Of the panels of single curves."""
    return (
        f"The same curves one by one, on the axes of their task; {trial_counts(study)} per N, each a faint point"
        f"{drawn_words(_most_trials(study), 'their error')}.\n"
        "A point names its trial under the pointer. Grey: the law is rejected. Darker: the law lies here with 95 % "
        "confidence at any one N; lighter: at all N at once. Dotted: the falling curve that is nearest to the means, "
        "without any law. Bracket at the right edge: 95 % profile interval of the floor c, only where a floor is "
        f"identified. {VARIES}"
    )


def overview_note(study: Study, laws: bool) -> str:
    """The same in the small print of a file."""
    law = "Lines: weighted law, with pointwise 95 % profile bands over seeds. " if laws else ""
    return f"Markers: means with 95 % t intervals; {trial_counts(study)} per strategy and N. {law}{VARIES}"


def single_note(study: Study) -> str:
    """The same for single curves."""
    return (
        f"{trial_counts(study)} per N{drawn_words(_most_trials(study), 'their error')}. Law: {LAW}, weighted by the "
        f"noise at each N; bands and the bracket of the floor: {PROFILE}. {VARIES}"
    )


def forest_caption(study: Study) -> str:
    """Of the forest plots."""
    return (
        f"What the law {LAW} of {study.measured.name} says, one row a curve ({trial_counts(study)} per N); bars: 95 % "
        "intervals.\n"
        f"Markers: the law weighted by the noise at each N; bars: {PROFILE}; arrows: the data leave that end open, or "
        "it lies beyond the axis. Hollow: not identified from these data, or the law is rejected. Grey strokes below: "
        "the published, unweighted fit, which has no interval. E(Nmax), slope and φ may be compared between "
        "strategies; "
        f"a and c depend on b and on each other: they are not to be compared one by one. {VARIES}"
    )


def forest_note(study: Study) -> str:
    """The same in the small print of a file."""
    return (
        f"{LAW}; {trial_counts(study)} per N. Bars: {PROFILE}. Grey strokes: the published, unweighted fit. a and c "
        f"are not to be compared one by one. {VARIES}"
    )


def published_note(study: Study, methods: Sequence[str]) -> str:
    """Of errors in the layout of the published study."""
    return (
        f"Markers: means of {trial_counts(study, methods)} per method and N, with 95 % t intervals. Lines: the "
        f"published fit, {PUBLISHED}, without an interval. {VARIES}"
    )


def published_coefficients_note(study: Study, methods: Sequence[str]) -> str:
    """Of a, b and c in the layout of the published study."""
    return (
        f"{PUBLISHED} ({trial_counts(study, methods)} per N), as published. No intervals: those of the covariance "
        "matrix do not hold for this fit; the report has profile intervals of the weighted one. Hollow: too few sizes "
        "for a law to be read. "
        f"{TOGETHER}. {VARIES}"
    )


def residual_caption(study: Study) -> str:
    """Of the residuals."""
    return (
        f"Size means ({trial_counts(study)} per N) minus the law, in standard errors of the mean; dashed: ± 2.\n"
        f"p: lack of fit, {LACK_OF_FIT} (F test against the spread of repeated trials; no interval); {MISFIT}. "
        f"A pattern that strategies share comes from what they share. {VARIES}"
    )


def holdout_caption(study: Study) -> str:
    """Of the hold-out check."""
    return (
        f"The law fitted without the largest N predicts the mean there; each marker is a curve ({trial_counts(study)} "
        f"per N).\nBars: {PROFILE}, of the prediction. Hollow: the check failed, the observed mean lies outside by "
        "more than 2 of its standard errors. On the line: predicted exactly."
    )


def noise_caption(study: Study) -> str:
    """Of the noise lines."""
    return (
        f"Standard deviation between trials over their mean ({trial_counts(study)} per N), logarithmic axes; no "
        f"interval.\nLines: the smooth spread that the weights of the law come from; a size that is noisier counts as "
        f"such. {VARIES}"
    )


def joint_caption(study: Study) -> str:
    """Of the joint regions."""
    return (
        f"Which exponents b and floor shares φ = c / E(Nmax) go together, one panel a curve ({trial_counts(study)} "
        "per N).\nFilled: joint 50 % and 95 % profile regions over seeds, for this test set. Points: laws of "
        "resampled seeds. A long diagonal says that a small b without a floor fits as well as a larger b with one; b "
        "and c then mean nothing by themselves."
    )


def measures_caption(study: Study, measures: Sequence[Measure]) -> str:
    """Of several measures side by side."""
    names = ", ".join(measure.name for measure in measures)
    meanings = "; ".join(f"{measure.name}: {measure.meaning}" for measure in measures)
    return (
        f"Every measure of a task and model against N: {_means(study)}.\n"
        f"{names}. {meanings}. {_axes(measures)} {VARIES} {references_caption(measures)}"
    )


def structures_caption(study: Study, measures: Sequence[Measure]) -> str:
    """Of one measure of each structure."""
    return (
        f"{_title(measures[0].quantity.measure.words)} of each structure by itself against N: {_means(study)}.\n"
        f"One range a task. {'Both axes are logarithmic' if measures[0].log else 'N is on a logarithmic axis'}. "
        f"{VARIES} {references_caption(measures)}"
    )


def orders_text(opposed: int) -> str:
    """What is said of the agreement of metrics."""
    agreement = (
        "No two metrics put any pair of strategies clearly in opposite order."
        if not opposed
        else f"{opposed} {'pair is' if opposed == 1 else 'pairs are'} put clearly in opposite order by two metrics."
    )
    return f"{agreement} {CLEAR}"


def histories_caption(study: Study) -> str:
    """Of the validation histories."""
    sizes = ", ".join(map(str, shown_sizes(study)))
    return (
        f"{_title(validated(study))} (nats per pixel, logarithmic) against the number of updates, at N = {sizes}.\n"
        f"The smallest, the middle and the largest N. Lines: median over the seeds that were still training; "
        f"{trial_counts(study)} at the start, no interval."
    )


def trial_counts(study: Study, strategies: Sequence[str] | None = None) -> str:
    """How many converged trials a cell has, in words; of some strategies or of all."""
    cells = cell_counts(study)
    counts = {count for (_, _, name, _), count in cells.items() if strategies is None or name in strategies}
    return f"n = {min(counts, default=0)}{f' to {max(counts)}' if len(counts) > 1 else ''} seeds"


def _means(study: Study) -> str:
    """What the markers of a curve are."""
    return f"means of {trial_counts(study)} with 95 % t intervals"


def trials_drawn(study: Study) -> str:
    """Which trials the panels of single curves show."""
    return f"up to {MOST_DRAWN} trials of each N" if _most_trials(study) > MOST_DRAWN else "every trial"


def _most_trials(study: Study) -> int:
    return max(cell_counts(study).values(), default=0)


@lru_cache(maxsize=1)  # most captions tell it
def cell_counts(study: Study) -> Mapping[tuple[str, str, str, int], int]:
    """(task, model, strategy, N) -> how many converged trials it has."""
    cells = collect(study.ok, "task", "model", "strategy", "size")
    return {cell: len(trials) for cell, trials in cells.items()}


def references_caption(measures: Sequence[Measure]) -> str:
    """What the grey lines are; nothing where there are none."""
    atlas = "Dotted grey: the atlas, the mean mask of the same training images, which never looks at the test image."
    constant = "Dashed grey: the best constant prediction."
    known = ((atlas, "atlas"), (constant, "constant"))
    return " ".join(text for text, name in known if any(getattr(measure.quantity, name) for measure in measures))


def _axes(measures: Sequence[Measure]) -> str:
    straight = [measure.name for measure in measures if not measure.log]
    if len(straight) == len(measures):
        return "N is on a logarithmic axis."
    but = f" but {', '.join(straight)}" if straight else ""
    return f"N and all measures{but} are on logarithmic axes."


def _title(words: str) -> str:
    return words[0].upper() + words[1:]


def _cost(study: Study) -> str:
    counts = sorted({record["validation_labels"] for record in study.records})
    if counts == [0]:
        return "No validation labels were used."
    span = str(counts[0]) if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    images = "N + V labelled images" if study.counted == "images" else "all images of N patients, and V more"
    return f"Every N also costs V = {span} validation labels: a trial needs {images}."
