"""What a reader must know of networks that converged, and whose errors still tell of training rather than of data."""

from collections.abc import Callable, Iterable, Iterator

from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.trials.collapsed import collapse_notes
from segaug.analysis.trials.still_weights import STILL, still_weights
from segaug.analysis.trials.untrained import untrained
from segaug.report.study.caution import Caution, make
from segaug.report.study.study import Study
from segaug.ways import PLAIN, plain_strategy


def collapsed(study: Study) -> Caution | None:
    """Nothing is predicted or found, or all of the image is."""
    return make(
        "collapsed",
        "Networks collapsed: they say nothing",
        "In at least half of the test images their prediction is empty although there is something to find, or nearly "
        "all of the image, or it lies elsewhere in nine of ten. Cross-entropy is then near that of a constant, and the "
        "Dice of empty predictions is the share of images with nothing to find: neither says what images are worth. "
        "These trials stay in means and laws, but nothing is claimed beyond the data of such a curve, and no floor. "
        "More updates, larger images or another loss may mend it.",
        _told(study, lambda curve: collapse_notes(curve.trials), "collapsed: "),
    )


def not_trained_out(study: Study) -> Caution | None:
    """Updates ended before training did."""
    return make(
        "untrained",
        "Trials were not trained out",
        "When their updates were used up, the training loss still fell and the weights were still getting better on "
        "validation: what looks like too few images may be too few updates. Compare strategies there with care, and "
        "try a longer protocol on one size first.",
        _told(study, lambda curve: filter(None, [untrained(curve.trials)]), "not trained out: ", trained=True),
    )


def weights_never_moved(study: Study) -> Caution | None:
    """A strategy learned weights of its losses, and some stayed where they began."""
    return make(
        "still_weights",
        "Learned layer weights never left 0",
        "A weight grows only while the loss of its layer is negative, and in these layers it never was: there the "
        "strategy is the baseline, and its errors say nothing of that loss. augment.mode=warmup weighs every layer.",
        _told(study, lambda curve: filter(None, [still_weights(curve.trials)]), STILL, trained=True),
    )


def _told(
    study: Study, notes: Callable[[CurveFit], Iterable[object]], title: str, *, trained: bool = False
) -> Iterator[str]:
    """One line a curve and note, without the words that the headline says.

    trained: they are of the training, which is told once for all ways of predicting.
    """
    for task, model in study.groups:
        for strategy, curve in study.curves_of(task, model).items():
            if trained and plain_strategy(strategy)[1] != PLAIN:
                continue
            yield from (f"{task} · {model} · {strategy}: {str(note).removeprefix(title)}" for note in notes(curve))
