"""The test images that a reference segments worst, beside what other strategies make of them with the same seed."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from segaug.analysis.comparison.compare import BASELINE
from segaug.findings.numbers import number
from segaug.report.blocks.pictures import Picture, Pictures, png_url
from segaug.report.look.mosaic import mosaic_png
from segaug.report.look.palette import in_order
from segaug.report.study.study import Study, Trial, collect
from segaug.results.inside import TRIALS, inside
from segaug.results.predictions import Predictions, read_predictions

_MOST_STRATEGIES = 5  # beside the reference
_NOTE = (
    "Test images with the lowest Dice of the reference, the first strategy of each picture: one a row.\nFrom the left: "
    "the outline of the truth, then what each strategy predicts, all trained with the seed that is named, on the same "
    "images. Below each other are images of one trial: others have other worst images."
)


def worst_pictures(study: Study, groups: Sequence[tuple[str, str, int]]) -> Pictures | None:
    """groups: task, model and N.  None where no trial has kept its predictions."""
    cells = collect(study.ok, "task", "model", "size")
    pictures = (_picture(study, place, cells.get(place, [])) for place in groups)
    found = tuple(picture for picture in pictures if picture is not None)
    return Pictures(found, _NOTE) if found else None


def _picture(study: Study, place: tuple[str, str, int], trials: Sequence[Trial]) -> Picture | None:
    for seed, by_strategy in sorted(_by_seed(trials).items()):
        kept = dict(_predictions(study, by_strategy))
        if kept:
            reference, *others = in_order(kept)
            if BASELINE in kept:
                reference, others = BASELINE, [name for name in in_order(kept) if name != BASELINE]
            shown = [reference, *others[:_MOST_STRATEGIES]]
            where = f"{study.title(*place[:2])} · N = {place[2]} · seed {seed}"
            title = f"{where}: truth, {', '.join(shown)}"
            first = kept[reference]
            dice = [
                number(_dice(first.predicted[row], truth)) for row, truth in zip(first.rows, first.truth, strict=True)
            ]
            description = f"{title}; Dice of {reference} in these rows: {', '.join(dice)}"
            return Picture(title, png_url(_mosaic(first, [kept[name] for name in shown])), description)
    return None


def _by_seed(trials: Sequence[Trial]) -> dict[int, dict[str, Trial]]:
    found: dict[int, dict[str, Trial]] = {}
    for trial in trials:
        found.setdefault(trial["seed"], {})[trial["strategy"]] = trial
    return found


def _predictions(study: Study, trials: Mapping[str, Trial]) -> Iterator[tuple[str, Predictions]]:
    for strategy, trial in trials.items():
        kept = read_predictions(inside(study.folder, TRIALS, trial["id"]))
        if kept is not None:
            yield strategy, kept


def _mosaic(first: Predictions, all_of: Sequence[Predictions]) -> bytes:
    """A row an image: truth, then each prediction."""
    rows = list(first.rows)
    masks = np.stack([first.truth, *(kept.predicted[rows] for kept in all_of)], axis=1)
    images = np.repeat(first.image[:, None], masks.shape[1], axis=1)
    return mosaic_png(images, masks)


def _dice(predicted: np.ndarray, truth: np.ndarray) -> float:
    """Of the union of structures."""
    mask, shown = predicted.any(axis=0), truth.any(axis=0)
    total = int(mask.sum() + shown.sum())
    return 2 * int((mask & shown).sum()) / total if total else 1.0
