"""The one function that augments: draw for every stage, compose all fields, warp once, recolour."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property, partial

import torch
from torch import Tensor

from segaug.augment.draws import happens
from segaug.augment.strategy import Params, Prepared, Strategy
from segaug.batch import Batch
from segaug.deform.compose import compose_px, composed
from segaug.deform.field import Dense, Field, as_field, where_rows
from segaug.deform.warp import Mode, warp_together
from segaug.deform.window import window
from segaug.known import ignored_pixels

_LEAST_KNOWN = 0.5  # of a pixel whose label is interpolated


@dataclass(frozen=True)
class Draw:
    """One stage's random numbers for one batch: what happens, and to which rows."""

    stage: Strategy
    params: Params  # on the device of the batch
    applied: Tensor  # (B,) bool, on the CPU: asking it for all() or any() does not wait for a GPU
    soft: Tensor  # (B,) bool, on the CPU: rows whose labels the stage wants warped bilinearly

    @cached_property
    def everywhere(self) -> bool:
        """Is it applied to all rows?"""
        return bool(self.applied.all())


def augment(stages: Sequence[Strategy], prepared: Prepared, batch: Batch, rng: Callable[..., torch.Generator]) -> Batch:
    """Augment a batch; rng(*names) opens a named stream, e.g. partial(stream, seed, "augment", step).

    Each stage draws from streams that carry its own class name, so one stage never moves another's draws: strategies
    that share the baseline are compared on the same flips and rotations.
    """
    return apply(draw(stages, prepared, batch, rng), prepared, batch)


def draw(
    stages: Sequence[Strategy], prepared: Prepared, batch: Batch, rng: Callable[..., torch.Generator]
) -> tuple[Draw, ...]:
    """The random half of `augment`: what each stage does to this batch."""
    draws = []
    with _full_precision(batch):
        for stage in stages:
            name = stage.drawn_as or type(stage).__name__
            params = stage.sample(batch, prepared, rng(name, "sample"))
            applied = _gate(stage.p, len(batch), partial(rng, name, "gate"))
            soft = stage.soft_rows(batch, params) & applied
            draws.append(Draw(stage, _to(batch.image.device, params), applied, soft))
    return tuple(draws)


def apply(draws: Sequence[Draw], prepared: Prepared, batch: Batch) -> Batch:
    """The deterministic half of `augment`; rows that no stage touches keep their bits.

    Of a batch with patches it gives the patches: stages act on the whole image, where the anatomy is, and those that
    act about the middle, whatever their place among the stages, on the patch alone.  All fields are composed, so that a
    patch is read once from the image, and one that is turned shows what lies beside it.
    """
    draws, batch = [one for one in draws if one.everywhere or one.applied.any()], _unless_whole(batch)
    with _full_precision(batch):
        batch = _on_patches(draws, prepared, batch) if batch.patch else _on_images(draws, prepared, batch)
        for one in draws:
            mixed = one.stage.mix(batch, one.params, prepared)
            batch = _changed(batch, _gated(one, mixed.image, batch.image), _gated(one, mixed.label, batch.label))
    return batch


def cut(batch: Batch) -> Batch:
    """The patches as they are, to the bit: what `apply` does where nothing was drawn."""
    if batch.patch is None:
        return batch
    image, label = (window(each, batch.patch.first_px, batch.patch.size) for each in (batch.image, batch.label))
    return replace(batch, image=image, label=label, patch=None)


def total_displacement_px(draws: Sequence[Draw], prepared: Prepared, batch: Batch) -> Tensor | None:
    """The composed field of all stages, (B, 2, H, W) in pixels, or None where no stage has one.

    The first stage acts first on the image: its field is the inner one.  Of patches it has their size, and says how far
    from its place in the image each pixel looks.
    """
    field = _total(draws, prepared, batch)
    return None if field is None else field.dense_px()


def warped(draws: Sequence[Draw], prepared: Prepared, batch: Batch) -> Batch:
    """What `apply` does to places: one warp by the composed field."""
    return _resampled(_total(draws, prepared, batch), draws, batch)


def recoloured(draws: Sequence[Draw], prepared: Prepared, batch: Batch) -> Batch:
    """What `apply` does to grey values, of images after the warp."""
    for one in draws:
        image = one.stage.recolour(batch.image, one.params, prepared)
        batch = _changed(batch, _gated(one, image, batch.image), batch.label)
    return batch


def _on_images(draws: Sequence[Draw], prepared: Prepared, batch: Batch) -> Batch:
    return recoloured(draws, prepared, warped(draws, prepared, batch))


def _on_patches(draws: Sequence[Draw], prepared: Prepared, batch: Batch) -> Batch:
    """A stage of the whole image changes its grey values there, before the patch is cut out of it."""
    field = _total(draws, prepared, batch)
    batch = recoloured(_of_image(draws), prepared, batch)
    return recoloured(_of_patch(draws), prepared, _resampled(field, draws, batch))


def _of_image(draws: Sequence[Draw]) -> list[Draw]:
    return [one for one in draws if not one.stage.about_middle]


def _of_patch(draws: Sequence[Draw]) -> list[Draw]:
    return [one for one in draws if one.stage.about_middle]


def _unless_whole(batch: Batch) -> Batch:
    """Without patches that are as large as the images: these are the images."""
    if batch.patch is not None and batch.patch.size == tuple(batch.image.shape[2:]):
        return replace(batch, patch=None)
    return batch


def _total(draws: Sequence[Draw], prepared: Prepared, batch: Batch) -> Field | None:
    """What `total_displacement_px` spells out."""
    batch = _unless_whole(batch)
    if batch.patch is None:
        return _composed(draws, prepared, batch)
    first_px = batch.patch.first_px
    inner, outer = _composed(_of_image(draws), prepared, batch), _composed(_of_patch(draws), prepared, cut(batch))
    if inner is None:
        return outer
    if outer is None:
        return Dense(window(inner.dense_px(), first_px, batch.patch.size))
    return Dense(compose_px(inner.dense_px(), outer.dense_px(), first_px))


def _composed(draws: Sequence[Draw], prepared: Prepared, batch: Batch) -> Field | None:
    total = None
    for one in draws:
        given = one.stage.displacement_px(batch, one.params, prepared)
        if given is not None:
            field = as_field(given) if one.everywhere else as_field(given).only(one.applied)
            total = field if total is None else composed(total, field)
    return total


def _resampled(field: Field | None, draws: Sequence[Draw], batch: Batch) -> Batch:
    batch = _unless_whole(batch)
    if field is None:
        return cut(batch)
    soft = torch.stack([one.soft for one in draws]).any(0)
    labels: list[tuple[Tensor, Mode]] = [] if soft.all() else [(batch.label, "nearest")]
    labels += [(_interpolated(batch), "bilinear")] if soft.any() else []
    first_px = None if batch.patch is None else batch.patch.first_px
    image, *made = warp_together(field, (batch.image, "bilinear"), *labels, first_px=first_px)
    if soft.any() and batch.ignored:
        made[-1] = _of_known_parts(made[-1])
    return replace(
        batch, image=image, label=made[0] if len(made) == 1 else where_rows(soft, made[1], made[0]), patch=None
    )


def _interpolated(batch: Batch) -> Tensor:
    """The label as it is interpolated: where pixels are ignored, one channel more says which, and there is no NaN."""
    if not batch.ignored:
        return batch.label
    return torch.cat([batch.shown, ignored_pixels(batch.label).to(batch.label.dtype)], dim=1)


def _of_known_parts(interpolated: Tensor) -> Tensor:
    """The label (B, K, ...) of the known part of each pixel; NaN where at least half of it is ignored.

    No gradient reaches the field where nothing is known.
    """
    label, unknown = interpolated[:, :-1], interpolated[:, -1:]
    known = label / (1 - unknown).clamp_min(_LEAST_KNOWN)
    return torch.where(unknown >= _LEAST_KNOWN, known.new_tensor(torch.nan), known)


def _gate(p: float, rows: int, rng: Callable[[], torch.Generator]) -> Tensor:
    """Which rows a stage is applied to; nothing is drawn, from a stream of its own, where it is all of them."""
    return torch.ones(rows, dtype=torch.bool) if p >= 1 else happens(p, (rows,), rng())


def _full_precision(batch: Batch) -> AbstractContextManager[object]:
    """Keep a training loop's autocast out: bfloat16 matrices and fields would be off by whole pixels."""
    device = batch.image.device.type
    return torch.autocast(device, enabled=False) if torch.is_autocast_enabled(device) else nullcontext()


def _changed(batch: Batch, image: Tensor, label: Tensor) -> Batch:
    """Most stages do not: a batch checks itself as often as it is made."""
    return batch if image is batch.image and label is batch.label else replace(batch, image=image, label=label)


def _gated(one: Draw, new: Tensor, old: Tensor) -> Tensor:
    """`new` in the rows that the stage applies to, `old` elsewhere."""
    return new if new is old or one.everywhere else where_rows(one.applied, new, old)


def _to(device: torch.device, params: Params) -> Params:
    """Params on a device: a tensor, a frozen dataclass of params, or a value that has no device; `ON_CPU` stays."""
    if device.type == "cpu":  # where they were drawn
        return params
    if isinstance(params, Tensor):
        return params.to(device, non_blocking=True)
    if is_dataclass(params) and not isinstance(params, type):
        moved = [field.name for field in fields(params) if not field.metadata.get("on_cpu")]
        return replace(params, **{name: _to(device, getattr(params, name)) for name in moved})
    return params
