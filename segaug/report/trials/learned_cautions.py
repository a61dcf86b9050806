"""What a reader must know of strategies that learned before training, and of what they saw."""

from collections.abc import Iterator

from segaug.findings.phrases import counted
from segaug.report.study.caution import Caution, make
from segaug.report.study.study import Json, Study, collect
from segaug.report.trials.budget import UNLABELLED
from segaug.report.trials.learned import learned, mean_health

LEAST_TASK_SHARE = 0.01  # of the adversarial gradient: below it a generator is hardly driven by the task
LATE = 0.999  # of the updates: whoever is chosen there might have gone on
MOST_FOLDS = 0.01  # of the cells
CERTAIN = 0.995  # share that a discriminator tells rightly when it errs no more


def not_task_driven(study: Study) -> Caution | None:
    """The segmentation loss hardly reached the generator."""
    return make(
        "not_task_driven",
        "A generator was hardly driven by the task",
        "The gradient of the segmentation loss that reached it was less than 1 % of the adversarial one: it learned to "
        "look real, and the arm says nothing of augmentation that a task has shaped.",
        (
            f"{task} · {model} · {strategy} · N = {size}: {kind.removeprefix('generator_')}, {100 * share:.2g} %"
            for task, model, strategy, size, kind, items in learned(study)
            if (share := mean_health(items, "task_share")) is not None and share < LEAST_TASK_SHARE
        ),
    )


def certain_judge(study: Study) -> Caution | None:
    """The discriminator errs no more."""
    return make(
        "certain_judge",
        "A discriminator was right to the end",
        "It told generated images from real ones without an error over the last tenth of the updates: what it still "
        "teaches the generator is noise.",
        (
            f"{task} · {model} · {strategy} · N = {size}: {kind.removeprefix('generator_')}"
            for task, model, strategy, size, kind, items in learned(study)
            if (mean_health(items, "accuracy") or 0) >= CERTAIN
        ),
    )


def folding(study: Study) -> Caution | None:
    """Generated fields are no maps."""
    return make(
        "generated_folds",
        "Generated fields fold",
        "In more than 1 % of the cells of pixels they turn the image over: what is shown there is no anatomy. Nothing "
        "in the method forbids it.",
        (
            f"{task} · {model} · {strategy} · N = {size}: {100 * share:.2g} % of the cells"
            for task, model, strategy, size, _, items in learned(study)
            if (share := mean_health(items, "folded_share", "folded")) is not None and share > MOST_FOLDS
        ),
    )


def chosen_last(study: Study) -> Caution | None:
    """The budget ended before the choice did."""
    return make(
        "chosen_last",
        "A generator was chosen at the last update",
        "It might have become better with more of them (augment.joint.updates). Those that no validation Dice chose "
        "are left out: of them the last one is taken in any case.",
        (
            f"{task} · {model} · {strategy} · N = {size}: {late} of {len(items)}"
            for task, model, strategy, size, _, items in learned(study)
            if (late := sum(map(_chosen_last, items)))
        ),
    )


def _chosen_last(item: Json) -> bool:
    late = (item.get("chosen_update") or 0) >= LATE * (item["updates"] or 1e9)
    return late and item["health"].get("best_dice") is not None


def more_validation_than_training(study: Study) -> Caution | None:
    """A strategy learned from more validation labels than training labels."""
    return make(
        "more_validation",
        "Strategies learned from more validation labels than training labels",
        "They saw the validation labels, of which there are more than N: read their N as N + V.",
        _more_validation(study),
    )


def _more_validation(study: Study) -> Iterator[str]:
    for (task, strategy), records in sorted(collect(study.trained, "task", "strategy").items()):
        counts = {
            (saw["labelled subset"][unit], saw["validation labels"][unit])
            for record in records
            if "validation labels" in (saw := record.get("saw") or {}) and "labelled subset" in saw
            for unit in ["patients" if study.counted == "patients" else "images"]
        }
        if few := sorted(pair for pair in counts if pair[1] > pair[0]):
            told = "; ".join(f"N = {training}, V = {validation}" for training, validation in few)
            yield f"{task} · {strategy}: {told} {study.counted}"


def few_unlabelled(study: Study) -> Caution | None:
    """There were fewer images without labels than with them."""
    return make(
        "few_unlabelled",
        "Fewer unlabelled than labelled images",
        "A strategy that learns from images without labels had less of them than of labelled ones.",
        (
            f"{task} · {strategy}: {counted(unlabelled, 'unlabelled image')}, {labelled} labelled"
            for task, strategy, labelled, unlabelled in _least_unlabelled(study)
            if unlabelled < labelled
        ),
    )


def _least_unlabelled(study: Study) -> Iterator[tuple[str, str, int, int]]:
    for (task, strategy), records in sorted(collect(study.trained, "task", "strategy").items()):
        pairs = {
            (saw["labelled subset"]["images"], saw[part]["images"])
            for record in records
            for part in UNLABELLED
            if part in (saw := record.get("saw") or {}) and "labelled subset" in saw
        }
        for labelled, unlabelled in sorted(pairs)[-1:]:
            yield task, strategy, labelled, unlabelled


LEARNED_CHECKS = (not_task_driven, certain_judge, folding, chosen_last, more_validation_than_training, few_unlabelled)
