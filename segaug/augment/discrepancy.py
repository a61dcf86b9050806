"""Feature discrepancy: how far apart the means of foreground and background lie in a feature map.

B batch, C channel, h, w sides of the map, F features, M mask, q = mean of M, the share of the foreground in an image.

Source: Roy et al. (2025), arXiv 2507.19575, with the formulas of the released code.  What differs: a constant inside of
the logarithm keeps a dead channel finite; the background's mean is that of (1 - M) F, where the code's arguments are
swapped; masks are binary.  All of it is computed in float32, under autocast as well.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from segaug.known import shown

EPS = 1e-6  # added to a norm before its logarithm
MOST_APART = 10.0  # standard deviations: from there on a channel tells every pixel's class
Separation = Literal["literal", "area_norm"]
Norm = Literal["batch", "rms"]


@dataclass(frozen=True)
class ClassMeans:
    """Means of foreground and background, (B, C) each: what all that is said of a layer needs to know of it."""

    foreground: Tensor
    background: Tensor


def class_means(
    features: Tensor,
    mask: Tensor,
    separation: Separation = "literal",
    swapped_bg: bool = False,
    ignored: bool = False,
) -> ClassMeans:
    """Means of a feature map (B, C, h, w) over its pixels, by a mask (B, 1, h, w) of 0 and 1.

    literal: f = mean of M F and g = mean of (1 - M) F over *all* pixels, as published: f = q m1, g = (1 - q) m0, where
    m1, m0 are the means inside of the classes.  A map that is constant, c, has then f - g = (2q - 1) c.
    area_norm: m1 and m0 themselves; an image that lacks a class has the other's mean for it, so that they are equal.
    swapped_bg: g = mean of M (1 - F), which is what the released code computes.  Only of literal.
    ignored: pixels of the mask may be NaN; all means are over the others.  Where none is left both means are 0.
    """
    with torch.autocast(features.device.type, enabled=False):
        weights = _pixel_weights(mask.float(), separation, ignored)
        foreground, background = _weighted_sums(features.float(), weights).unbind(1)
        if swapped_bg:
            share = weights[:, 0].sum(1) if ignored else mask.float().mean((1, 2, 3))
            background = share[:, None] - foreground
        return ClassMeans(foreground, background)


def discrepancy(means: ClassMeans, norm: Norm = "batch") -> Tensor:
    """L_fd = -(1/C) sum_c log(||f_c - g_c|| + eps), a scalar; the norm is taken over the batch.

    batch: as published; B equal images have a value that is lower by log(B) / 2 than that of one.  rms: the norm is
    divided by sqrt(B), so that batches of any size can be compared.
    """
    return _of_difference(means.foreground - means.background, norm)


def shuffled_discrepancy(means: ClassMeans, permutation: Tensor, norm: Norm = "batch") -> Tensor:
    """L_shuffle: the same of f_i - g_j, where image j = permutation[i] is another of the batch; a scalar.

    The published term permutes f and g apart; a norm over the batch only knows the one permutation relative to the
    other, so one is drawn.  Its mean over permutations depends on the set of images alone, whatever their sources are.
    """
    return _of_difference(means.foreground - means.background[permutation], norm)


def image_discrepancy(means: ClassMeans) -> Tensor:
    """L_fd of each image alone, (B,): no other image of the batch has a part in it, so it needs no norm over them."""
    return -((means.foreground - means.background).abs() + EPS).log().mean(1)


def scale_free_separation(features: Tensor, mask: Tensor, ignored: bool = False) -> Tensor:
    """|m1 - m0| / s of each image, mean over the channels, (B,); NaN in images that lack a class.

    s^2 is the variance inside of the classes, pooled over them.  Features that are scaled or shifted as a whole keep
    their value, and a dead channel has 0.  A channel counts at most `MOST_APART`: on a map of a few pixels some have no
    variance at all inside of the classes, and would be all of the mean.  ignored: see `class_means`.
    """
    features, mask = features.float(), mask.float()
    means = class_means(features, mask, "area_norm", ignored=ignored)
    m1, m0 = means.foreground[..., None, None], means.background[..., None, None]
    mean = torch.nanmean if ignored else torch.mean  # what is NaN in the mask is so in all that is made of it
    variance = mean((features - torch.lerp(m0, m1, mask)).square(), (2, 3))
    tiny = torch.finfo(variance.dtype).tiny
    ratio = ((means.foreground - means.background).abs() / variance.clamp_min(tiny).sqrt()).clamp_max(MOST_APART)
    share = mean(mask, (1, 2, 3))
    return torch.where((share > 0) & (share < 1), ratio.mean(1), torch.nan)


def _of_difference(difference: Tensor, norm: Norm) -> Tensor:
    length = torch.linalg.vector_norm(difference, dim=0)
    if norm == "rms":
        length = length / len(difference) ** 0.5
    return -(length + EPS).log().mean()


def _pixel_weights(mask: Tensor, separation: Separation, ignored: bool) -> Tensor:
    """(B, 2, h w): what a pixel counts in the mean of the foreground, and in that of the background."""
    inside = mask.flatten(2)
    weights = torch.cat([inside, 1 - inside], dim=1)
    weights = shown(weights) if ignored else weights
    if separation == "literal":
        return weights / (weights.sum((1, 2), keepdim=True).clamp_min(1) if ignored else inside.shape[2])
    sums = weights.sum(2, keepdim=True)
    weights = torch.where(sums > 0, weights, weights.flip(1))
    return weights / weights.sum(2, keepdim=True).clamp_min(1)


def _weighted_sums(features: Tensor, weights: Tensor) -> Tensor:
    """(B, C, h, w) and (B, 2, h w) to (B, 2, C), reading each feature once.

    Gradients come back in the layout of the features: another one would cost more than all else here.
    """
    pixels = features.flatten(2)
    if features.is_contiguous(memory_format=torch.channels_last):
        return weights @ pixels.transpose(1, 2)
    return (pixels @ weights.transpose(1, 2)).transpose(1, 2)
