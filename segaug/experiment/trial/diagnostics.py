"""How the layers of a trained network tell foreground from background on the test set, and what it predicts there."""

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from segaug.augment.discrepancy import class_means, image_discrepancy, scale_free_separation
from segaug.augment.layer_masks import LayerMasks, union
from segaug.augment.taps import features_of
from segaug.batch import Batch
from segaug.experiment.trial.evaluation import Scores
from segaug.results.predictions import MOST, Predictions
from segaug.results.store import Json

Show = Callable[[Predictions], None]
_ROWS = 16  # images in memory at a time, with all their feature maps


@torch.no_grad()
def diagnostics_of(network: nn.Module, test: Batch) -> Json:
    """The record's "diagnostics" of a network with the weights that count; layers that no mask reaches are left out.

    l_fd, literal, and the scale-free separation, of each image alone, so that neither depends on other images.
    """
    was_training = network.training
    network.eval()
    mask = union(test.label)
    layers: dict[str, dict[str, list[float | None]]] = {}
    for image, part in zip(test.image.split(_ROWS), mask.split(_ROWS), strict=True):
        masks = LayerMasks(part)
        for name, features in features_of(network, image)[1].items():
            if masks.reach(features):
                at = masks.like(features)
                layer = layers.setdefault(name, {"l_fd": [], "separation": []})
                layer["l_fd"] += _plain(image_discrepancy(class_means(features, at)))
                layer["separation"] += _plain(scale_free_separation(features, at))
    network.train(was_training)
    return {"foreground_px": [int(pixels) for pixels in mask.flatten(1).sum(1).tolist()], "layers": layers}


def predictions_of(test: Batch, best: Scores) -> Predictions:
    """All predictions, and the images of the cases with the lowest Dice, mean over the structures."""
    dice = np.asarray(best.values["dice"])
    rows = np.argsort(dice, kind="stable")[:MOST]
    image, truth = (tensor[rows].cpu().double().numpy() for tensor in (test.image, test.label))
    return Predictions(best.prediction.mask.cpu().numpy(), tuple(rows.tolist()), image, truth > 0.5)


def nobody_looks(_: Predictions) -> None:
    """Show them to nobody."""


def _plain(values: Tensor) -> list[float | None]:
    """Null where there is no number: JSON has no NaN."""
    return [value if math.isfinite(value) else None for value in values.tolist()]
