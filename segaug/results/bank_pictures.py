"""Pictures of a bank of made images, as a data set card keeps them and a figure shows them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

_BEHIND = "bank."  # between the strategy and the field, in the name of an array


@dataclass(frozen=True)
class BankPictures:
    """n sources with k samples each; C channels, K structures; grey values 0 to 255 are 0 to 1."""

    image: NDArray[np.uint8]  # (n, C, H, W), the labelled images that they were made of
    label: NDArray[np.uint8]  # (n, K, H, W), 0 and 1
    kept_px: NDArray[np.bool_]  # (n, H, W), pixels of the source that were to be kept; none of a bank that keeps none
    reconstruction: NDArray[np.uint8]  # (n, C, H, W), what is left of the source by the model's own compression
    made: NDArray[np.uint8]  # (n, k, C, H, W)
    made_label: NDArray[np.uint8]  # (n, k, K, H, W), 0 and 1
    score: NDArray[np.float64]  # (n, k), the judge's, 0 to 1
    chosen: NDArray[np.bool_]  # (n, k), trained on
    likest: NDArray[np.int64]  # (n,), the sample, of those shown, that lies nearest to a real image but its source
    nearest: NDArray[np.uint8]  # (n, C, H, W), that image
    distance: NDArray[np.float64]  # (n,), between the two, outside of what was kept: rms grey value

    def named(self, strategy: str) -> dict[str, NDArray]:
        """The arrays by name, for a file that holds those of several strategies."""
        return {_name(strategy, field.name): np.ascontiguousarray(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray], strategy: str) -> "BankPictures | None":
        """Those of a strategy; None where there are none."""
        names = {field.name: _name(strategy, field.name) for field in fields(cls)}
        if not arrays.keys() >= set(names.values()):
            return None
        return cls(**{field: arrays[name] for field, name in names.items()})


def _name(strategy: str, field: str) -> str:
    return f"{strategy}/{_BEHIND}{field}"
