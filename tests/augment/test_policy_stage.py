"""What every policy promises beyond the contracts of all strategies."""

from dataclasses import dataclass, field, replace
from functools import partial

import pytest
import torch

from segaug.augment.augment import apply, augment, draw
from segaug.augment.policy.options import groups, place
from segaug.augment.policy.starts import forbidden, logits_of, start
from segaug.augment.policy_stage import PolicyStage
from segaug.rng import stream

rng = partial(stream, 5, "augment")
GREY = ("gamma", "inverted_gamma", "shift", "intensity_scale", "contrast", "filter", "noise", "low_resolution")
SPATIAL = ("scale", "rotation", "mirror_rows", "mirror_columns")


@dataclass(frozen=True, kw_only=True)
class Policy(PolicyStage):
    """Any start with something left out."""

    start: str = "uniform"
    forbid: list[str] = field(default_factory=list)

    def logits_for(self, batch, prepared):
        return logits_of(forbidden(start(self.start, 2), self.forbid, 2)).expand(len(batch), -1)


def only(*names):
    """All that is to be left out, and the identity of these groups."""
    return [name for name in place(2) if name not in names] + [f"{name}/identity" for name in names]


def run(policy, batch, rng=rng):
    return augment(policy.stages(), None, batch, rng)


def test_a_row_draws_alike_whatever_the_others_are(make_batch):
    batch = make_batch(rows=6)
    other = replace(batch, image=batch.image.clone())
    other.image[:5] = 1 - other.image[:5].flip(2)
    one, two = (draw((Policy(),), None, each, rng)[0].params for each in (batch, other))
    for name in ("strength", "matrix", "seed"):
        assert torch.equal(getattr(one, name), getattr(two, name))
    assert torch.equal(one.drawn.option, two.drawn.option)
    assert torch.equal(run(Policy(), batch).image[5], run(Policy(), other).image[5])


def test_where_all_draw_the_identity_nothing_changes(make_batch):
    batch = make_batch(rows=6)
    changed = run(Policy(forbid=[group.name for group in groups(2)]), batch)
    assert torch.equal(changed.image, batch.image)
    assert torch.equal(changed.label, batch.label)


def test_a_row_keeps_the_bits_of_whatever_its_options_do_not_touch(make_batch):
    batch = make_batch(rows=200, size=(17, 21))
    draws = draw((Policy(start="mild"),), None, batch, rng)
    changed, option = apply(draws, None, batch), draws[0].params.drawn.option
    moved, grey = (option[:, [place(2)[name] for name in names]].any(1) for names in (SPATIAL, GREY))
    still = ~moved & ~grey
    assert still.any()
    assert torch.equal(changed.image[still], batch.image[still])
    assert torch.equal(changed.label[~moved], batch.label[~moved])
    differs = (changed.image != batch.image).flatten(1).any(1)
    assert differs[~still].float().mean() > 0.9  # a tiny change may move nothing to another pixel


@pytest.mark.parametrize("name", ["mirror_rows", "mirror_columns"])
def test_a_mirror_is_torch_flip(make_batch, name):
    batch = make_batch()
    changed, axis = run(Policy(forbid=only(name)), batch), 2 if name == "mirror_rows" else 3
    torch.testing.assert_close(changed.image, batch.image.flip(axis), atol=1e-5, rtol=0)
    assert torch.equal(changed.label, batch.label.flip(axis))


def test_a_quarter_turn_is_torch_rot90_in_either_direction(make_batch):
    batch = make_batch(rows=12, size=(32, 32))
    turned = run(Policy(forbid=[*only("rotation"), *(f"rotation/{angle}" for angle in (5, 15, 25))]), batch)
    there, back = (batch.label.rot90(k, (2, 3)) for k in (1, -1))
    is_there, is_back = ((turned.label == each).flatten(1).all(1) for each in (there, back))
    assert (is_there ^ is_back).all()
    assert is_there.any()
    assert is_back.any()
    torch.testing.assert_close(turned.image[is_back], batch.image.rot90(-1, (2, 3))[is_back], atol=1e-5, rtol=0)


def test_statistics_are_those_of_the_image_before_it_is_moved(make_batch):
    """A shift is as large whether or not the warp brings black corners in."""
    batch = make_batch(size=(32, 32))
    stage = Policy(forbid=only("scale", "shift"))
    draws = draw((stage,), None, batch, rng)
    params = draws[0].params
    std = batch.image.std((1, 2, 3), correction=0)
    offset = params.strength[:, place(2)["shift"]] * std
    shifted, moved = (
        stage.recolour(image, params, None) for image in (batch.image, apply(draws, None, batch).image * 0)
    )
    torch.testing.assert_close(
        shifted - batch.image, offset.view(-1, 1, 1, 1).expand_as(batch.image), atol=1e-6, rtol=0
    )
    torch.testing.assert_close(moved, offset.view(-1, 1, 1, 1).expand_as(batch.image), atol=1e-6, rtol=0)


def test_flat_images_stay_finite(make_batch):
    batch = make_batch(rows=40, size=(24, 24))
    for value in (0.0, 0.7):
        flat = replace(batch, image=torch.full_like(batch.image, value))
        for step in range(5):
            assert run(Policy(), flat, partial(stream, step)).image.isfinite().all()


def test_images_stay_in_the_range_that_is_declared(make_batch):
    """Also those of which gamma makes most: dark, with a bright pixel."""
    batch = make_batch(rows=64, size=(24, 24))
    spot = replace(batch, image=0.05 * batch.image)
    spot.image[:, :, 3, 3] = 1
    low, high = PolicyStage.intensity
    for images in (batch, spot):
        changed = run(Policy(forbid=only("gamma", "inverted_gamma", "shift", "intensity_scale")), images).image
        assert low < changed.min()
        assert changed.max() < high


def test_it_takes_the_place_of_the_baseline_and_acts_about_the_middle():
    assert PolicyStage.own_baseline
    assert PolicyStage.about_middle


@pytest.mark.gpu
def test_a_gpu_shows_the_same_but_for_noise(make_batch):
    batch = make_batch(rows=40)
    quiet = Policy(forbid=["noise"])
    there = run(quiet, batch.to("cuda"))
    torch.testing.assert_close(there.image.cpu(), run(quiet, batch).image, atol=1e-4, rtol=0)
