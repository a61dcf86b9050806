"""What a reader must know of ways of predicting beside the plain one."""

from collections.abc import Iterator

from segaug.findings.numbers import number
from segaug.report.study.caution import Caution, make
from segaug.report.study.study import Study, collect
from segaug.report.ways.way_pairs import way_pairs
from segaug.ways import PLAIN, plain_row


def lower_validation_dice(study: Study) -> Caution | None:
    """Test-time augmentation makes predictions of the validation images worse."""
    return make(
        "lower_validation_dice",
        "A way of predicting lowers validation Dice",
        "The mean over the seeds is below that of the plain network on the very images that it may have been tuned "
        "on: its operations do not fit these images or this network, and whatever was learned with it is in doubt. "
        "Look at this first.",
        _lower(study),
    )


def _lower(study: Study) -> Iterator[str]:
    for pair in way_pairs(study):
        told = ((size, pair.at(size).validation_dice()) for size in pair.sizes)
        lower = [
            f"N = {size} ({number(dice[0])} to {number(dice[1])})" for size, dice in told if dice and dice[1] < dice[0]
        ]
        if lower:
            yield f"{pair.task} · {pair.model} · {pair.name}: {', '.join(lower)}"


def diverged_ways(study: Study) -> Caution | None:
    """The plain network has scores, and another way of predicting by it has none."""
    return make(
        "diverged_ways",
        "A way of predicting gave no result where the plain network did",
        "Its scores are not finite, or it is no better than a constant: these trials are left out of its curve alone.",
        _diverged(study),
    )


def _diverged(study: Study) -> Iterator[str]:
    lost = [
        trial
        for trial in study.records
        if trial["way"] != PLAIN and trial["id"] not in study.converged and plain_row(trial["id"])[0] in study.converged
    ]
    for (task, model, strategy), trials in sorted(collect(lost, "task", "model", "strategy").items()):
        places = ", ".join(f"N = {trial['size']} seed {trial['seed']}" for trial in trials)
        yield f"{task} · {model} · {strategy}: {places}"


WAYS_CHECKS = (lower_validation_dice, diverged_ways)
