"""What every strategy promises of whole images: what it changes, and what it leaves as it is."""

from dataclasses import fields, replace
from functools import partial

import torch
from omegaconf import OmegaConf

from segaug.augment.augment import Draw, apply, augment, draw
from segaug.augment.baseline import Baseline
from segaug.augment.none import NoAugmentation
from segaug.augment.strategy import Strategy
from segaug.contract.cheap import STEPS, STEPS_OF_OTHERS
from segaug.contract.examples import BOTH, GREY_ONE, THREE
from segaug.contract.promise import NotAsked, Promise, close, kept
from segaug.contract.tried import RNG, Tried, equal, rows, soft_rows, tensors
from segaug.rng import stream

TENSORS = ("image", "label", "index", "spacing_mm")  # of a batch


def options_survive(tried: Tried) -> None:
    """Every option has a default, and survives the config system."""
    kind = type(tried.strategy)
    made = kind()
    kept(isinstance(made, Strategy), f"{kind.__name__} does not derive from segaug.augment.strategy.Strategy")
    again = OmegaConf.to_object(OmegaConf.structured(kind))
    kept(again == made, f"made of its own options it is {again}, and bare it is {made}")


def it_prepares(tried: Tried) -> None:
    """It can be prepared from a few small images and what it declares to see beside them."""
    tried.learning.prepare(tried.strategy, tried.batch)


def changes_image_and_label(tried: Tried) -> None:
    """It changes images and labels."""
    _changes(tried)
    changed = tried.run()
    kept(not torch.equal(changed.image, tried.batch.image), "all images come out as they were")
    more = range(STEPS.get(tried.name, STEPS_OF_OTHERS) - 1)
    steps = [changed, *(tried.run(rng=partial(stream, 21, step)) for step in more)]
    still = all(torch.equal(one.label, tried.batch.label) for one in steps)
    kept(not still, f"all labels come out as they were, in {len(steps)} steps; is the baseline one of its stages?")


def shape_type_and_device_stay(tried: Tried) -> None:
    """Images, labels, places in the pool and spacings keep shape, type and device."""
    changed = tried.run()
    for field in TENSORS:
        one, other = getattr(tried.batch, field), getattr(changed, field)
        before, after = ((t.shape, t.dtype, t.device) for t in (one, other))
        kept(after == before, f"{field} is {_form(other)}, and was {_form(one)}")


def values_stay_in_range(tried: Tried) -> None:
    """Images stay finite and in the range of `intensity`; labels in 0 to 1, and 0 or 1 where nothing makes them soft.

    The labels of a pixel add up to no more than 1.
    """
    low, high = tried.strategy.intensity
    for step in range(10):
        changed = tried.run(rng=partial(stream, 21, step))
        kept(bool(changed.image.isfinite().all()), "an image holds values that are not finite")
        least, most = float(changed.image.min()), float(changed.image.max())
        kept(low <= least and most <= high + 1e-5, f"images come out in {least:.4g} to {most:.4g}, not {low} to {high}")
        kept(float(changed.label.min()) >= 0, "a label is negative")
        kept(float(changed.label.sum(1).max()) <= 1 + 1e-6, "labels of a pixel add up to more than 1")
        hard = ~soft_rows(tried.draws(partial(stream, 21, step)))
        kept(set(changed.label[hard].unique().tolist()) <= {0, 1}, "a label that `soft_rows` calls hard is not 0 or 1")


def one_stream_one_result(tried: Tried) -> None:
    """The same random stream gives the same result."""
    kept(equal(tried.run(), tried.run()), "two runs with the same streams differ: draw from `rng` alone, in `sample`")


def structures_move_alike(tried: Tried) -> None:
    """Each structure moves as it does alone."""
    together = tried.run().label
    hard = ~soft_rows(tried.draws())
    kept(bool((together.amax((0, 2, 3)) > 0.5).all()), "a structure is lost")
    kept(set(together[hard].unique().tolist()) <= {0, 1}, "a label that `soft_rows` calls hard is not 0 or 1")
    for k in range(3):
        alone = tried.run(replace(tried.batch, label=tried.batch.label[:, k : k + 1])).label
        kept(torch.equal(alone[:, 0], together[:, k]), f"structure {k} comes out elsewhere than it does alone")


def channels_are_treated_alike(tried: Tried) -> None:
    """A grey image in three channels is augmented as the grey one: nothing is drawn for a channel of its own."""
    if tried.strategy.learns_channels:
        raise NotAsked("learns from channels by declaration")
    repeated = replace(tried.batch, image=tried.batch.image.expand(-1, 3, -1, -1).clone())
    in_colour = augment(tried.stages, tried.learned(repeated), repeated, RNG)
    in_grey = tried.run()
    kept(torch.equal(in_colour.label, in_grey.label), "the labels come out elsewhere")
    for channel in in_colour.image.unbind(1):
        close(channel, in_grey.image[:, 0], "a channel", atol=1e-6)


def steps_differ(tried: Tried) -> None:
    """Another step gives another result."""
    _changes(tried)
    kept(not equal(tried.run(), tried.run(rng=partial(stream, 21, "augment", 5))), "two steps give the same")


def rows_are_drawn_apart(tried: Tried) -> None:
    """Equal images of a batch come out different: there is not one number for the whole batch."""
    _changes(tried)
    changed = tried.run(tried.batch.rows(torch.zeros(12, dtype=torch.long)))
    different = len({image.numpy().tobytes() for image in changed.image})
    kept(different > 6, f"of 12 equal images {different} different ones are made")


def rows_do_not_mix(tried: Tried) -> None:
    """An image comes out alone as it does in the batch."""
    stages, batch, prepared = tried.stages, tried.batch, tried.prepared
    if any(stage.mixes_rows for stage in stages):
        raise NotAsked("mixes rows by declaration")
    draws = draw(stages, prepared, batch, RNG)
    whole = apply(draws, prepared, batch)
    for i in range(len(batch)):
        row = slice(i, i + 1)
        alone = [Draw(one.stage, rows(one.params, row), one.applied[row], one.soft[row]) for one in draws]
        one_row = apply(alone, prepared, batch.rows(row))
        # A generator's convolutions round by the size of the batch.
        close(one_row.image, whole.rows(row).image, f"image {i}", atol=1e-4)
        share = float(((one_row.label - whole.label[row]).abs() > 1e-4).float().mean())
        kept(share < 1e-3, f"the label of image {i} differs in {100 * share:.1f} % of its pixels")


def params_have_rows_and_lie_on_the_cpu(tried: Tried) -> None:
    """What is drawn has one row for each image, and lies on the CPU."""
    for stage in tried.stages:
        for value in tensors(stage.sample(tried.batch, tried.prepared, RNG("any"))):
            whose = f"of {len(tried.batch)} images {type(stage).__name__} draws a tensor"
            kept(len(value) == len(tried.batch), f"{whose} of {len(value)} rows")
            kept(value.device.type == "cpu", f"{whose} on {value.device}")


def the_baseline_is_paired(tried: Tried) -> None:
    """The baseline draws the same in every strategy, once, unless `own_baseline` says that there is none of it."""
    draws = draw(tried.stages, tried.prepared, tried.batch, RNG)
    shared = [one for one in draws if isinstance(one.stage, Baseline)]
    count = f"{len(shared)} of its stages are the baseline, and own_baseline is {tried.strategy.own_baseline}"
    kept(len(shared) == (not tried.strategy.own_baseline), count)
    alone = draw(Baseline().stages(), None, tried.batch, RNG)[0]
    for one in shared:
        for field in fields(alone.params):
            same = torch.equal(getattr(one.params, field.name), getattr(alone.params, field.name))
            kept(same, f"the baseline's {field.name} comes out otherwise than alone")
        kept(torch.equal(one.applied, alone.applied), "the baseline is applied to other images than alone")


def p_zero_changes_nothing(tried: Tried) -> None:
    """With p = 0 in all stages, images and labels stay as they are, bit for bit."""
    stages = [replace(stage, p=0.0) for stage in tried.stages]
    kept(equal(augment(stages, tried.prepared, tried.batch, RNG), tried.batch), "something is changed")


def _changes(tried: Tried) -> None:
    if type(tried.strategy) is NoAugmentation:
        raise NotAsked("it is there to change nothing")


def _form(tensor: torch.Tensor) -> str:
    return f"{tuple(tensor.shape)} {str(tensor.dtype).removeprefix('torch.')} on {tensor.device}"


PROMISES: dict[Promise[Tried], tuple[str, ...]] = {  # -> forms of images that it is tried on
    options_survive: GREY_ONE,
    it_prepares: BOTH,
    changes_image_and_label: BOTH,
    shape_type_and_device_stay: BOTH,
    values_stay_in_range: BOTH,
    one_stream_one_result: BOTH,
    structures_move_alike: THREE,
    channels_are_treated_alike: GREY_ONE,
    steps_differ: BOTH,
    rows_are_drawn_apart: BOTH,
    rows_do_not_mix: BOTH,
    params_have_rows_and_lie_on_the_cpu: BOTH,
    the_baseline_is_paired: BOTH,
    p_zero_changes_nothing: BOTH,
}
