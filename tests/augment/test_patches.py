"""Patches are cut by the one warp: own fields on the whole image, what acts about the middle on the patch."""

from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

import pytest
import torch

from segaug.augment.augment import augment, cut, draw, total_displacement_px
from segaug.augment.baseline import Baseline
from segaug.augment.red import RandomElastic
from segaug.augment.strategy import Strategy
from segaug.batch import with_patches
from segaug.deform.grid import centred_px
from segaug.deform.warp import warp
from segaug.patch import Patch
from segaug.rng import stream

RNG = partial(stream, 0, "test")
SIZE = (24, 20)
TURN = Baseline(p_flip=0, p_rotation=1, max_angle_deg=40, p_affine=1, p_histogram_shift=0)
STILL = Baseline(p_flip=0, p_rotation=0, p_affine=0, p_histogram_shift=0)


@dataclass(frozen=True, kw_only=True)
class Shift(Strategy):
    """Show what lies three columns to the right."""

    def displacement_px(self, batch, params, prepared):
        field = torch.zeros(len(batch), 2, *batch.image.shape[2:])
        field[:, 1] = 3
        return field


@dataclass(frozen=True, kw_only=True)
class Seen(Strategy):
    """Writes down what it is shown, and changes nothing."""

    shown: ClassVar[dict[str, torch.Tensor]] = {}

    def sample(self, batch, prepared, rng):
        self.shown["sample"] = batch.image

    def displacement_px(self, batch, params, prepared):
        self.shown["displacement_px"] = batch.image

    def recolour(self, image, params, prepared):
        self.shown["recolour"] = image
        return image

    def mix(self, batch, params, prepared):
        self.shown["mix"] = batch.image
        return batch


class SeenAboutMiddle(Seen):
    about_middle = True


@dataclass(frozen=True, kw_only=True)
class Brighten(Strategy):
    def recolour(self, image, params, prepared):
        return image + 1


class BrightenAboutMiddle(Brighten):
    about_middle = True


def in_corners(batch, size=SIZE):
    """Patches in the four corners."""
    sides = torch.tensor(batch.image.shape[2:])
    corners = torch.tensor([[0, 0], [0, 1], [1, 0], [1, 1]]) * (sides - torch.tensor(size))
    half, no = torch.tensor([n // 2 for n in size]), torch.zeros(4, dtype=torch.bool)
    return replace(batch, patch=Patch(corners + half, size, no, no))


def on_the_image(matrix, batch):
    """The field of a matrix about the middles of the patches, on all pixels of the images."""
    sides, size = batch.image.shape[2:], batch.patch.size
    places = torch.stack(torch.meshgrid(*(torch.arange(float(n)) for n in sides), indexing="ij"))
    middle = batch.patch.first_px + torch.tensor([(n - 1) / 2 for n in size])
    change = matrix - torch.eye(2)
    return torch.einsum("bij,bjrc->birc", change, places - middle[:, :, None, None])


@pytest.mark.parametrize("size", [SIZE, (23, 20), (63, 48)])
def test_a_turned_patch_shows_what_a_warp_of_the_image_shows_there(make_batch, size):
    batch = in_corners(make_batch(size=(64, 48)), size)
    batch = replace(batch, image=batch.image.flip(0))
    (drawn,) = draw((TURN,), None, batch, RNG)
    made = augment((TURN,), None, batch, RNG)
    field = on_the_image(drawn.params.matrix, batch)
    for name, mode in (("image", "bilinear"), ("label", "nearest")):
        whole = cut(replace(batch, image=warp(getattr(batch, name), field, mode))).image
        differs = (getattr(made, name) - whole).abs() > 1e-5
        assert differs.float().mean() <= (1e-3 if mode == "nearest" else 0)  # midway between pixels, rounding decides
    assert made.image.shape[2:] == size
    assert made.patch is None


def test_beside_a_turned_patch_lies_the_image_and_no_black(make_batch):
    batch = make_batch(size=(64, 64))
    batch = replace(batch, image=batch.image + 1)
    middle = replace(in_corners(batch), patch=Patch(torch.full((4, 2), 32), SIZE, *torch.zeros(2, 4).bool()))
    assert augment((TURN,), None, middle, RNG).image.min() >= 1
    assert augment((TURN,), None, cut(middle), RNG).image.min() == 0


def test_an_own_field_stays_with_the_anatomy(make_batch):
    """The elastic field of the whole image, cut: the same place is moved alike in every patch that shows it."""
    batch, red = in_corners(make_batch()), RandomElastic()
    made = augment((red,), None, batch, RNG)
    whole = augment((red,), None, replace(batch, patch=None), RNG)
    torch.testing.assert_close(made.image, cut(replace(whole, patch=batch.patch)).image, atol=1e-5, rtol=0)
    assert torch.equal(made.label, cut(replace(whole, patch=batch.patch)).label)


def test_own_fields_come_first_then_the_place_then_the_middle(make_batch):
    batch = in_corners(make_batch())
    flip = Baseline(p_flip=1, p_rotation=0, p_affine=0, p_histogram_shift=0)
    shifted = cut(replace(augment((Shift(),), None, replace(batch, patch=None), RNG), patch=batch.patch))
    for stages in ((Shift(), flip), (flip, Shift())):  # whatever their order
        made = augment(stages, None, batch, RNG)
        torch.testing.assert_close(made.image, shifted.image.flip((2, 3)), atol=1e-5, rtol=0)
        assert (made.label != shifted.label.flip((2, 3))).float().mean() < 1e-3


@pytest.mark.parametrize("stages", [(), (STILL,), (Shift(p=0), STILL), (RandomElastic(p=0), Brighten(p=0))])
def test_rows_that_are_only_cut_keep_their_bits(make_batch, stages):
    batch = with_patches(make_batch(rows=6, size=(61, 47)), SIZE, stream(0, "patch"))
    made = augment(stages, None, batch, RNG)
    for row, image, label, (i, j) in zip(range(6), made.image, made.label, batch.patch.first_px.tolist(), strict=True):
        assert torch.equal(image, batch.image[row, :, i : i + SIZE[0], j : j + SIZE[1]])
        assert torch.equal(label, batch.label[row, :, i : i + SIZE[0], j : j + SIZE[1]])


def test_p_gates_row_by_row(make_batch):
    batch = with_patches(make_batch(rows=60, size=(37, 29)), SIZE, stream(0, "patch"))
    made, plain = augment((replace(TURN, p=0.5),), None, batch, RNG), cut(batch)
    same = torch.tensor([torch.equal(a, b) for a, b in zip(made.image, plain.image, strict=True)])
    assert 15 < same.sum() < 45
    assert torch.equal(made.label[same], plain.label[same])


@pytest.mark.parametrize("kind", [Seen, SeenAboutMiddle])
def test_each_stage_is_shown_what_it_acts_on(make_batch, kind):
    batch = in_corners(make_batch())
    augment((kind(), STILL), None, batch, RNG)
    whole, patch = tuple(batch.image.shape[2:]), SIZE
    acts_on = patch if kind.about_middle else whole
    shown = {name: tuple(image.shape[2:]) for name, image in Seen.shown.items()}
    assert shown == {"sample": whole, "displacement_px": acts_on, "recolour": acts_on, "mix": patch}
    if kind.about_middle:
        assert torch.equal(Seen.shown["displacement_px"], cut(batch).image)


def test_grey_values_are_changed_where_the_stage_acts(make_batch):
    """What is black because nothing is there stays black where a stage has changed the image before."""
    batch = in_corners(make_batch())
    far = Baseline(p_flip=0, p_rotation=0, p_affine=1, min_scale=9, max_scale=9, max_shear=0, p_histogram_shift=0)
    assert augment((Brighten(), far), None, batch, RNG).image.min() == 0
    assert augment((BrightenAboutMiddle(), far), None, batch, RNG).image.min() == 1


@pytest.mark.parametrize("stages", [(), TURN.stages(), RandomElastic().stages(), (Brighten(), Shift())])
def test_a_patch_as_large_as_the_image_is_the_image(make_batch, stages):
    batch = make_batch()
    patched = with_patches(batch, tuple(batch.image.shape[2:]), stream(0, "patch"))
    made, plain = augment(stages, None, patched, RNG), augment(stages, None, batch, RNG)
    assert torch.equal(made.image, plain.image)
    assert torch.equal(made.label, plain.label)


def test_what_is_drawn_does_not_depend_on_the_patch(make_batch):
    batch, stages = make_batch(), RandomElastic().stages()
    for one, other in zip(draw(stages, None, in_corners(batch), RNG), draw(stages, None, batch, RNG), strict=True):
        assert torch.equal(one.applied, other.applied)
    assert torch.equal(draw(stages, None, in_corners(batch), RNG)[1].params, draw(stages, None, batch, RNG)[1].params)


def test_the_field_of_a_patch_has_its_size_and_says_how_far_its_pixels_look(make_batch):
    batch = in_corners(make_batch())
    field = total_displacement_px(draw((Shift(), STILL), None, batch, RNG), None, batch)
    assert field.shape[2:] == SIZE
    assert (field[:, 0] == 0).all()
    assert (field[:, 1] == 3).all()
    turned = total_displacement_px(draw((TURN,), None, batch, RNG), None, batch)
    rows = centred_px(SIZE[0], turned).abs()
    assert turned.abs().amax() < 3 * rows.max()  # about the patch's own middle
    assert total_displacement_px(draw((Brighten(),), None, batch, RNG), None, batch) is None
