"""The words with which `segaug train` reads a folder that `segaug generate` has written."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from segaug.data.split import split
from segaug.data.task import Case, SplitSizes
from segaug.errors import ConfigError
from segaug.experiment.synthesis.made_images import IGNORED, MadeImage, mask_values
from segaug.experiment.synthesis.trial_bank import TrialBank
from segaug.form import COLOUR
from segaug.results.command import as_value

_SIDE = 64  # of dataset=folder where nothing else is said
# usual, and of few patients.  Any: numbers of images, and not all options of a split are numbers
_SPLITS: tuple[dict[str, Any], ...] = ({}, {"min_validation": 1, "max_external": 0})


def reading(root: Path, made: TrialBank, images: Sequence[MadeImage]) -> list[str]:
    """Overrides that give the images, and all of a patient on one side, as they were trained on, bit for bit.

    Of a folder that also has images which were not kept, the kept ones.
    """
    form = made.task.form
    words = ["dataset=folder", f"dataset.root={as_value(str(root))}", "dataset.table=items.csv"]
    words += ["dataset.patient=patient", "dataset.rescale=false"]
    if not all(image.kept for image in images):
        words.append("dataset.where={kept: [yes]}")
    if form.size[0] != _SIDE:
        words.append(f"dataset.size={form.size[0]}")
    if form.channels == COLOUR:
        words.append("dataset.colour=true")
    if form.several:
        values = ", ".join(f"{as_value(name)}: [{value}]" for name, value in mask_values(form.structures).items())
        words += [
            f"+dataset.structures={{{values}}}",
            f"dataset.structure=[{','.join(map(as_value, form.structures))}]",
        ]
    if form.ignored:
        words.append(f"dataset.ignore=[{IGNORED}]")
    if (side_mm := _side_mm(made)) is not None:
        words.append(f"dataset.pixel_mm={side_mm:.10g}")
    sizes = split_sizes([image for image in images if image.kept])
    return [*words, *(f"dataset.split.{name}={value}" for name, value in (sizes or {}).items())]


def split_sizes(images: Sequence[MadeImage]) -> dict[str, Any] | None:
    """Options of the split under which test, validation and pool all get a patient; None where there are too few."""
    for sizes in _SPLITS:
        with suppress(ConfigError):
            if split([_case(image) for image in images], SplitSizes(**sizes)).validation:
                return sizes
    return None


def _case(image: MadeImage) -> Case:
    return Case(image.id, image.patient, image.id, lambda: image.image, lambda: image.mask)


def _side_mm(made: TrialBank) -> float | None:
    """Of a pixel, where it is known, square, and the same in all sources."""
    sides = {side for place in made.bank.place.tolist() for side in made.task.spacing_mm[made.rows[place]].tolist()}
    return sides.pop() if len(sides) == 1 and sides == sides - {float("nan")} else None
