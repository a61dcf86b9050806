"""The folder that `segaug generate` writes: images, masks, a table of them, and what they are."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

import segaug
from segaug.analysis.csv_text import csv_bytes
from segaug.analysis.plain_json import json_bytes
from segaug.cli.generate_command import reading
from segaug.errors import DataError
from segaug.experiment.cards.described import described
from segaug.experiment.config.identity import science_of
from segaug.experiment.synthesis.made_images import IGNORED, MadeImage, mask_values
from segaug.experiment.synthesis.trial_bank import TrialBank
from segaug.files import create_folder
from segaug.results.store import Json

NOT_ANONYMOUS = (
    "Synthetic images are not anonymous: each keeps pixels of the image of a patient that it was made of, and the "
    "rest may show what the model has memorised of others.  Whatever holds for the source data holds for them."
)


def write(out: Path, made: TrialBank, images: Sequence[MadeImage]) -> None:
    """Write the new folder, whole or not at all; raises DataError where it cannot be."""
    try:
        create_folder(out, _files(made, images))
    except OSError as error:
        reason = error.strerror or str(error)
        fix = "make room, or choose another folder with --out; nothing was written"
        raise DataError(file=out, problem=f"cannot be written ({reason})", fix=fix) from error


def _files(made: TrialBank, images: Sequence[MadeImage]) -> Iterator[tuple[str, bytes]]:
    for image in images:
        yield f"images/{image.id}.png", _png(image.image)
        yield f"masks/{image.id}.png", _png(image.mask)
    yield "items.csv", csv_bytes(pd.DataFrame(map(_row, images)))
    yield "dataset.json", json_bytes(_about(made, images))


def _row(image: MadeImage) -> Json:
    return {
        "id": image.id,
        "image": f"images/{image.id}.png",
        "mask": f"masks/{image.id}.png",
        "source": image.source,
        "patient": image.patient,
        "j": image.j,
        "score": image.score,
        "kept": "yes" if image.kept else "no",
        "nearest": image.nearest,
        "distance": image.distance,
    }


def _about(made: TrialBank, images: Sequence[MadeImage]) -> Json:
    planned, task = made.planned, made.task
    config = planned.trial.config
    return {
        "made_by": f"segaug {segaug.__version__}",
        "images": {"made": made.bank.chosen.numel(), "kept": int(made.bank.chosen.sum()), "written": len(images)},
        "privacy": NOT_ANONYMOUS,
        "source_data": {"task": planned.trial.task, **described(config.dataset)},
        "trial": {
            "id": planned.id,
            "strategy": planned.trial.strategy,
            "size": planned.size,
            "count": config.protocol.count,
            "seed": config.seed,
            "dataset_hash": task.content_hash,
        },
        "augment": science_of("augment", config.augment),
        "artefacts": list(made.artefacts),
        "measures": made.bank.measures,
        "mask_values": {
            "background": 0,
            **mask_values(task.form.structures),
            **({"ignored": IGNORED} if task.form.ignored else {}),
        },
        "columns": COLUMNS,
        "read_by": ["segaug", "train", *reading(Path("."), made, images)],
    }


COLUMNS = {
    "source": "the labelled image that it was made of",
    "patient": "whom the source shows; images of one patient belong on one side of a split",
    "j": "which one of those of its source",
    "score": "mean probability that a small network, trained on the labelled images, gives to the labelled pixels",
    "kept": "is it among those that the trial trains on?",
    "nearest": "the image of the pool, other than the source, that it is most like",
    "distance": "from that, outside of what was kept: root mean square difference of grey values 0 to 1",
}


def _png(pixels: NDArray[np.uint8]) -> bytes:
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, format="PNG")
    return data.getvalue()
