"""What the images of a bank are like: do they keep their boxes, differ from each other, copy real images?

All errors and distances are root mean squares of differences of grey values 0..1.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

NONE = -1  # no image
_TOLERANCE = 0.2  # by which mean and spread of samples may differ from those of real images, before a warning
_LEAST_CONFIDENCE = 0.6  # of a judge in what it has learned
_PART = 2**24  # numbers compared at once


@dataclass(frozen=True)
class Pool:
    """The real images that samples are compared with."""

    image: Tensor  # (P, C, *size)
    patient: Tensor  # (P,) long


@dataclass(frozen=True)
class Made:
    """Samples of one source, beside it."""

    image: Tensor  # (k, C, *size), 0..1
    label: Tensor  # (k, K, *size)
    kept_px: Tensor  # (k, 1, *size) bool: of the source, turned as the sample is
    turned: Tensor  # (k, C, *size), the source as each sample turns it
    source: Tensor  # (C, *size)
    source_kept_px: Tensor  # (1, *size)
    reconstruction: Tensor  # (C, *size), of the source by the first stage alone
    place: int  # of the source in the pool


@dataclass(frozen=True)
class Nearest:
    """The nearest real image other than the source, outside of what was kept."""

    place: Tensor  # (k,) long, in the pool; NONE where nothing but what was kept is left, or there is no other image
    distance: Tensor  # (k,) float64, then NaN, as the others
    ratio: Tensor  # (k,) float64, over the distance from the source to the nearest image of another patient
    is_source: Tensor  # (k,) float64: 1 where the source itself is nearer


def nearest(samples: Made, pool: Pool) -> Nearest:
    """Compare each sample with every image of the pool."""
    places: list[int] = []
    columns: list[tuple[float, float, float]] = []  # distance, reference, is it the source?
    others = pool.patient != pool.patient[samples.place]
    for image, kept, source in zip(samples.image, samples.kept_px, samples.turned, strict=True):
        to_sample, to_source = (distances(each, pool.image, ~kept) for each in (image, source))
        own = to_sample[samples.place].item()
        to_sample[samples.place] = math.inf
        least = int(to_sample.argmin())
        if not to_sample[least] < math.inf:  # nor where it is NaN
            places.append(NONE)
            columns.append((math.nan, math.nan, math.nan))
            continue
        distance = to_sample[least].item()
        places.append(least)
        columns.append((distance, to_source[others].min().item() if others.any() else math.nan, float(own < distance)))
    to_nearest, reference, is_source = torch.tensor(columns, dtype=torch.float64).unbind(1)
    return Nearest(torch.tensor(places), to_nearest, to_nearest / reference, is_source)


def distances(image: Tensor, others: Tensor, where: Tensor) -> Tensor:
    """Of one image (C, *size) to each of (P, C, *size), over the pixels (1, *size) of `where`; float64, on the CPU."""
    inside = where.expand_as(image).flatten()
    values = image.flatten()[inside]
    rows = max(1, _PART // max(1, len(values)))
    parts = [(each.flatten(1)[:, inside] - values).square().mean(1) for each in others.split(rows)]
    return torch.cat(parts).double().cpu().sqrt()


def rms(difference: Tensor, where: Tensor) -> float:
    """Root mean square of (..., C, *size) over the pixels (..., 1, *size) of `where`; NaN where there are none."""
    inside = difference[where.expand_as(difference)]
    return float(inside.double().square().mean().sqrt())


def measures(samples: list[Made], found: list[Nearest], pool: Pool) -> dict[str, float | None]:
    """Numbers of a whole bank; None where there is nothing to measure.

    mean, sd, real_mean, real_sd: grey values of samples and pool.  box_error, box_error_reconstruction: of samples,
    and of the first stage alone, inside of what is kept.  change_outside: samples against their sources.
    diversity: between two samples of one source, outside.  memorisation: median over samples of the distance to the
    nearest real image other than the source, over that from the source to the nearest image of another patient; small
    where samples are copies.  nearest_is_source: share of the samples.
    """
    image = torch.cat([each.image for each in samples])
    boxes = [rms(each.image - each.turned, each.kept_px) for each in samples]
    reconstructed = [rms(each.reconstruction - each.source, each.source_kept_px) for each in samples]
    outside = [rms(each.image - each.turned, ~each.kept_px) for each in samples]
    numbers = {
        "mean": image.mean().item(),
        "sd": image.std().item(),
        "real_mean": pool.image.mean().item(),
        "real_sd": pool.image.std().item(),
        "box_error": _mean(boxes),
        "box_error_reconstruction": _mean(reconstructed),
        "change_outside": _mean(outside),
        "diversity": _mean([diversity(each) for each in samples]),
        "memorisation": float(torch.cat([each.ratio for each in found]).nanmedian()),
        "nearest_is_source": torch.cat([each.is_source for each in found]).nanmean().item(),
    }
    return {name: value if math.isfinite(value) else None for name, value in numbers.items()}


def diversity(samples: Made) -> float:
    """Mean distance between two samples of a source, outside of what either keeps; NaN for a single one."""
    image, kept = samples.image, samples.kept_px
    pairs = [(a, b) for a in range(len(image)) for b in range(a)]
    return _mean([rms(image[a] - image[b], ~(kept[a] | kept[b])) for a, b in pairs])


def warnings_of(numbers: dict[str, float | None]) -> list[str]:
    """Sentences where samples are darker, brighter, flatter or harsher than real images, or the judge knows little."""
    words = []
    if (confidence := numbers.get("judge_confidence")) is not None and confidence < _LEAST_CONFIDENCE:
        words.append(
            f"the judge gives the labels that it has learned a probability of {confidence:.2f}: its choice says little"
        )
    for name, what in (("mean", "mean"), ("sd", "standard deviation")):
        made, real = numbers[name], numbers[f"real_{name}"]
        if made is not None and real is not None and abs(made - real) > _TOLERANCE * real:
            words.append(f"the {what} of the samples' grey values is {made:.3f}, that of real images {real:.3f}")
    return words


def _mean(values: list[float]) -> float:
    """Of the numbers among them."""
    known = [value for value in values if not math.isnan(value)]
    return sum(known) / len(known) if known else math.nan
