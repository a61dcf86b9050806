"""Changes of grey values, point by point, in units of the whole image's own mean and standard deviation.

In all of this an image is (R, C, *size), and what is drawn for it (R,), one number a row.  Channels are treated alike.
Magnitudes of Li et al. (2023) are those of z-scored images; these here are the same pictures of images in 0..1.
"""

from dataclasses import dataclass, fields, replace
from functools import partial

import torch
from torch import Tensor

_SMALL = 1e-6
_MOST_SEED = 2**62
_CACHED = 2**16  # values, of a quarter of a megabyte
_SKETCH_PX = 64  # pixels along an axis that the sketch of an image keeps at least, where it has so many


@dataclass(frozen=True)
class Statistics:
    """Of the whole image, not of the patch that is trained on; they follow it through the changes.

    Over all pixels and channels, where the released code takes every fourth pixel along each axis, by which it would
    miss the extremes.  Filters and noise are taken to leave them as they are, as there.
    """

    mean: Tensor  # (R,)
    std: Tensor
    low: Tensor
    high: Tensor
    sketch: Tensor  # (R, C, *size) every k-th pixel, to measure what gamma does to mean and standard deviation

    def rows(self, index: Tensor | slice) -> "Statistics":
        """Those of the chosen rows."""
        values = (getattr(self, field.name) for field in fields(self))
        if isinstance(index, slice):
            return Statistics(*(each[index] for each in values))
        return Statistics(*(each.index_select(0, index) for each in values))

    def replaced(self, index: Tensor, by: "Statistics") -> "Statistics":
        """With the chosen rows as given."""
        names = [field.name for field in fields(self)]
        return Statistics(*(getattr(self, name).index_copy(0, index, getattr(by, name)) for name in names))

    def negated(self) -> "Statistics":
        """Those of the negative."""
        return Statistics(-self.mean, self.std, -self.high, -self.low, -self.sketch)


def statistics(image: Tensor) -> Statistics:
    """Statistics of whole images, on their device."""
    steps = tuple(slice(None, None, max(1, n // _SKETCH_PX)) for n in image.shape[2:])
    parts = [_measured(image[part].flatten(1)) for part in in_cache(image)]
    mean, std, low, high = map(torch.cat, zip(*parts, strict=True))
    return Statistics(mean, std, low, high, image[(slice(None), slice(None), *steps)])


def in_cache(image: Tensor) -> list[slice]:
    """Rows of a batch that a CPU best works on at once: as many as stay in its cache from one step to the next.

    A batch of large images would be written to memory and read again at each of them.  On a GPU all rows.
    """
    count = len(image) if image.is_cuda else max(1, _CACHED // image[0].numel())
    return [slice(first, first + count) for first in range(0, len(image), count)]


def _measured(values: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    return *_mean_and_std(values), values.amin(1), values.amax(1)


def noise_seeds(rows: int, rng: torch.Generator) -> Tensor:
    """A seed for each row, (rows,) long."""
    return torch.randint(_MOST_SEED, (rows,), generator=rng)


def noisy(image: Tensor, whole: Statistics, std: Tensor, seeds: Tensor) -> Tensor:
    """Gaussian noise of `std` standard deviations of the image, for each pixel its own, the same in all channels.

    seeds: (R,) long on the CPU, one a row; so the noise is a function of small numbers.  A GPU draws other noise of
    the same seed than a CPU does.
    """
    drawn = image.new_empty(len(image), 1, *image.shape[2:])
    for row, seed in zip(drawn, seeds.tolist(), strict=True):
        row.normal_(generator=torch.Generator(image.device).manual_seed(seed))
    return torch.addcmul(image, drawn, column(std * whole.std, image))


def brightened(
    image: Tensor, whole: Statistics, shift: Tensor, factor: Tensor, follow: bool = True
) -> tuple[Tensor, Statistics]:
    """Mean + (x - mean + shift standard deviations) times factor, and statistics after it, exactly.

    follow: are these asked for?  Else they are those before; likewise below.
    """
    line = partial(_line, slope=factor, offset=whole.mean * (1 - factor) + shift * whole.std * factor)
    if follow:
        mean = whole.mean + shift * whole.std * factor
        whole = Statistics(mean, whole.std * factor, line(whole.low), line(whole.high), line(whole.sketch))
    return line(image), whole


def contrasted(image: Tensor, whole: Statistics, factor: Tensor, follow: bool = True) -> tuple[Tensor, Statistics]:
    """(x - mean) times factor + mean, clipped to the range of the whole image before, and statistics after it.

    Their mean and deviation are those of no clipping.
    """
    offset, low, high = whole.mean * (1 - factor), whole.low, whole.high

    def changed(values: Tensor) -> Tensor:
        return _line(values, factor, offset).clamp_(column(low, values), column(high, values))

    if follow:
        whole = Statistics(whole.mean, whole.std * factor, *map(changed, (low, high, whole.sketch)))
    return changed(image), whole


def gamma(image: Tensor, whole: Statistics, exponent: Tensor, follow: bool = True) -> tuple[Tensor, Statistics]:
    """x to the power `exponent` within the range of image and patch together, and statistics after it.

    Then what it did to mean and standard deviation of the whole image is undone, about the mean.  (The released code
    scales about 0, which is the mean of its images.)  A flat image stays.
    """
    values = image.flatten(1)
    low, high = torch.minimum(whole.low, values.amin(1)), torch.maximum(whole.high, values.amax(1))
    flat, span = (whole.std == 0) | (high <= low), high - low + _SMALL
    power = partial(_power, exponent=torch.where(flat, 1, exponent), low=low, per_span=1 / span)
    (mean, std), (mean_after, std_after) = map(_mean_and_std, (whole.sketch.flatten(1), power(whole.sketch).flatten(1)))
    slope = torch.where(flat, 1, (std + _SMALL) / (std_after * span + _SMALL))
    offset = torch.where(flat, low, low * slope + mean - (mean_after * span + low) * slope)

    def changed(each: Tensor) -> Tensor:
        return _line(power(each), span * slope, offset)

    if follow:
        whole = replace(whole, low=changed(whole.low), high=changed(whole.high), sketch=changed(whole.sketch))
    return changed(image), whole


def inverted_gamma(
    image: Tensor, whole: Statistics, exponent: Tensor, follow: bool = True
) -> tuple[Tensor, Statistics]:
    """`gamma` of the negative, negated."""
    image, after = gamma(-image, whole.negated(), exponent, follow)
    return image.neg_(), after.negated() if follow else whole


def _power(values: Tensor, exponent: Tensor, low: Tensor, per_span: Tensor) -> Tensor:
    """((x - low) per_span) to the power `exponent`; by logarithms, a third of the time of `pow`."""
    share = values.sub(column(low, values)).mul_(column(per_span, values)).clamp_min_(0)  # of `low` by a rounding
    return share.log2_().mul_(column(exponent, values)).exp2_()  # of 0 this is 0


def _mean_and_std(values: Tensor) -> tuple[Tensor, Tensor]:
    """(R, P) to (R,) and (R,); in two passes, a tenth of the time of `std_mean`."""
    mean = values.mean(1)
    return mean, torch.linalg.vector_norm(values - mean[:, None], dim=1) / values.shape[1] ** 0.5


def _line(values: Tensor, slope: Tensor, offset: Tensor) -> Tensor:
    return torch.addcmul(column(offset, values), values, column(slope, values))


def column(values: Tensor, like: Tensor) -> Tensor:
    """(R,) to broadcast against (R, ...)."""
    return values.view(-1, *[1] * (like.ndim - 1))
