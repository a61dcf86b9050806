"""The images that a strategy has made of labelled ones, with their scores: the same for training, eye and export."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Bank:
    """S sources that have samples, k samples each; C channels, K structures."""

    artefact: str  # name of the artefact `augpaint_bank`
    place: Tensor  # (S,) long, the source's row of the labelled subset
    image: Tensor  # (S, k, C, H, W) uint8: what is trained on, shown and exported (x = image / 255)
    label: Tensor  # (S, k, K, H, W) float32
    kept_px: Tensor  # (S, 1, H, W) bool, pixels of the source that were to be kept; all False for random_bank
    reconstruction: Tensor  # (S, C, H, W) uint8, the source through the autoencoder (random_bank: the source)
    score: Tensor  # (S, k) float64, 0..1, the judge's
    chosen: Tensor  # (S, k) bool, trained on
    nearest: Tensor  # (S, k) long, row of the nearest pool image other than the source, of the labelled subset first
    distance: Tensor  # (S, k) float64, to it, outside of what was kept: rms grey value
    measures: dict[str, float | None]  # numbers of the whole bank, by the names in the record
