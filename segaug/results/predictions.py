"""What a trial predicted on the test set, as pictures: trials/<id>/predictions.safetensors, where it was asked for.

    predicted  (n, K, bytes)  masks of all test cases, eight pixels a byte, in the order of the record's `cases`
    rows       (w,)           which of these cases are shown with their images, the worst Dice first
    image      (w, C, H, W)   of these, 0..255 over 0..1
    truth      (w, K, H, W)   of these

It lies beside its record, and is written before it.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from segaug.results.beside import PREDICTIONS

MOST = 4  # cases with their images


@dataclass(frozen=True, eq=False)
class Predictions:
    """n test cases, of which the w worst have their images."""

    predicted: NDArray[np.bool_]  # (n, K, H, W)
    rows: tuple[int, ...]  # (w,)
    image: NDArray[np.float64]  # (w, C, H, W), 0..1
    truth: NDArray[np.bool_]  # (w, K, H, W)

    def content(self) -> bytes:
        """Of the file."""
        return save(
            {
                "predicted": np.packbits(self.predicted.reshape(*self.predicted.shape[:2], -1), axis=2),
                "rows": np.array(self.rows, dtype=np.int64),
                "image": (self.image * 255).round().clip(0, 255).astype(np.uint8),
                "truth": self.truth.astype(np.uint8),
            }
        )


def read_predictions(trial: Path) -> Predictions | None:
    """Of the folder of a trial; None where it has none, or they cannot be read: a page then goes without them."""
    try:
        stored = load_file(trial / PREDICTIONS)
        truth = stored["truth"].astype(bool)
        sides = truth.shape[2:]
        packed = stored["predicted"]
        predicted = np.unpackbits(packed, axis=2, count=int(np.prod(sides))).reshape(*packed.shape[:2], *sides)
        rows = tuple(stored["rows"].tolist())
        return Predictions(predicted.astype(bool), rows, stored["image"] / 255, truth)
    except (OSError, SafetensorError, KeyError, ValueError, IndexError):
        return None
