"""The images that a strategy made of a labelled subset: the same for training, eye and export."""

from dataclasses import dataclass

import torch
from torch import Tensor

from segaug.augment.artefact import Json
from segaug.batch import NOT_OF_POOL, Batch


@dataclass(frozen=True)
class Bank:
    """S sources with k samples each, in the order of the labelled subset."""

    artefact: str
    place: Tensor  # (S,) long, row of the labelled subset
    image: Tensor  # (S, k, C, *size) uint8: what is trained on, shown and exported is this / 255
    label: Tensor  # (S, k, K, *size)
    kept_px: Tensor  # (S, 1, *size) bool, of the sources; nothing where whole images are made
    reconstruction: Tensor  # (S, C, *size) uint8, of the sources by the first stage alone
    score: Tensor  # (S, k) float64, 0..1: the judge's confidence in the label
    chosen: Tensor  # (S, k) bool: trained on
    nearest: Tensor  # (S, k) long, row of the nearest real image other than the source: subset first, then unlabelled;
    #                  -1 where there is none, or nothing to compare
    distance: Tensor  # (S, k) float64, to it, outside of what was kept: rms of grey values; then NaN
    measures: dict[str, float | None]  # see `measures.measures`
    subset: int  # labelled images, those without samples included
    warnings: tuple[str, ...] = ()

    def facts(self) -> dict[str, Json]:
        """The record's "bank"."""
        rows: list[int | None] = [None] * self.subset
        for source, row in enumerate(self.place.tolist()):
            rows[row] = source
        scores = [[] if source is None else self.score[source].tolist() for source in rows]
        chosen = [[] if source is None else self.chosen[source].tolist() for source in rows]
        return {
            "artefact": self.artefact,
            "per_image": self.image.shape[1],
            "without_foreground": self.subset - len(self.place),
            "made": list(map(len, scores)),
            "kept": list(map(sum, chosen)),
            "scores": scores,
            "chosen": chosen,
            "measures": self.measures,
            "warnings": list(self.warnings),
        }

    def rows(self, subset: Batch) -> Batch:
        """The chosen samples as training images, on the device of their sources; they have no place in the pool."""
        source, sample = self.chosen.nonzero(as_tuple=True)
        device = subset.image.device
        of = self.place[source].to(device)
        return Batch(
            image=(self.image[source, sample].float() / 255).to(device),
            label=self.label[source, sample].to(device),
            index=torch.full_like(of, NOT_OF_POOL),
            spacing_mm=subset.spacing_mm[of],
            source=subset.source[of],
            ignored=subset.ignored,
        )
