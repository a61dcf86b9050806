"""How the layers of a trained network tell foreground from background on the test set, and what it predicts there."""

import math
from collections.abc import Callable
from itertools import product

import numpy as np
import torch
from torch import Tensor, nn

from segaug.augment.discrepancy import class_means, image_discrepancy, scale_free_separation
from segaug.augment.layer_masks import LayerMasks, union
from segaug.augment.taps import features_of
from segaug.batch import Batch
from segaug.deform.window import window as window_of
from segaug.experiment.trial.evaluation import Scores
from segaug.models.inference import Window
from segaug.results.predictions import MOST, Predictions
from segaug.results.store import Json

Show = Callable[[Predictions], None]
_ROWS = 16  # images in memory at a time, with all their feature maps


@torch.no_grad()
def diagnostics_of(network: nn.Module, test: Batch, window: Window = None) -> Json:
    """The record's "diagnostics" of a network with the weights that count; layers that no mask reaches are left out.

    l_fd, literal, and the scale-free separation, of each image alone, so that neither depends on other images.  Of a
    network that is shown windows of an image, the maps of these, side by side, are the map of the image.
    """
    was_training = network.training
    network.eval()
    mask = union(test.label, test.ignored)
    layers: dict[str, dict[str, list[float | None]]] = {}
    rows = _ROWS if window is None else 1
    for image, part in zip(test.image.split(rows), mask.split(rows), strict=True):
        image, part = (_windows(each, window) for each in (image, part))
        masks = LayerMasks(part, test.ignored)
        for name, features in features_of(network, image)[1].items():
            if masks.reach(features):
                features, at = (_beside(each, window) for each in (features, masks.like(features)))
                layer = layers.setdefault(name, {"l_fd": [], "separation": []})
                layer["l_fd"] += _plain(image_discrepancy(class_means(features, at, ignored=test.ignored)))
                layer["separation"] += _plain(scale_free_separation(features, at, test.ignored))
    network.train(was_training)
    return {"foreground_px": [int(pixels) for pixels in (mask > 0).flatten(1).sum(1).tolist()], "layers": layers}


def _windows(image: Tensor, size: Window) -> Tensor:
    """The windows of one image (1, C, *size) that cover it, the last ones moved until they fit: (T, C, *window)."""
    if size is None:
        return image
    starts = [[*range(0, n - m, m), n - m] for n, m in zip(image.shape[2:], size, strict=True)]
    places = torch.tensor([*product(*starts)])
    return window_of(image.expand(len(places), *image.shape[1:]), places, size)


def _beside(maps: Tensor, size: Window) -> Tensor:
    """(T, F, h, w) to (1, F, h, T w): what is asked of a map are means over its pixels, wherever they lie."""
    return maps if size is None else torch.cat([*maps], dim=-1)[None]


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
