"""Registering pairs: what must come out exactly, known maps, symmetries, and bad input."""

from functools import cache

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from segaug.deform.jacobian import min_jacobian
from segaug.deform.warp import warp
from segaug.errors import ConfigError
from segaug.registration.affine import affine_field_px, followed_by
from segaug.registration.lddmm import Lddmm, Registered, register
from segaug.registration.maps import displacement_px, inverse_map_px
from segaug.registration.modes import Modes
from segaug.registration.shooting import energy, shoot
from segaug.registration.similarity import SIMILARITIES
from tests.registration.examples import momenta, pairs, read_at, texture

SSD = Lddmm(similarity="ssd", sigma=0.5)


@cache
def registered(lddmm: Lddmm) -> Registered:
    """The pairs of most tests."""
    return register(*pairs(), lddmm)


def field_of(found: Registered) -> Tensor:
    return displacement_px(found.momentum, found.modes, found.modes.size)


@pytest.mark.parametrize("lddmm", [Lddmm(), SSD], ids=["lncc", "ssd"])
@pytest.mark.parametrize("size", [(64, 64), (51, 70)])
def test_an_image_is_registered_to_itself_by_doing_nothing(lddmm, size):
    image = torch.cat([pairs(size)[0], 0.2 * torch.rand(1, 1, *size)])
    found = register(image, image, lddmm)
    assert not found.momentum.any()
    assert (found.guard_factor == 1).all()
    torch.testing.assert_close(found.min_jacobian, torch.ones(4))


@pytest.mark.parametrize("lddmm", [Lddmm(), SSD], ids=["lncc", "ssd"])
def test_images_become_alike_without_folds(lddmm):
    found = registered(lddmm)
    assert (found.after[:2] < 0.5 * found.before[:2]).all()
    assert (found.after < found.before).all()
    assert (found.min_jacobian >= lddmm.min_jacobian).all()


def test_the_facts_are_those_of_the_warped_image():
    (moving, fixed), found = pairs(), registered(Lddmm())
    compare, field = SIMILARITIES["lncc"](fixed), field_of(found)
    torch.testing.assert_close(found.before, compare(moving))
    torch.testing.assert_close(found.after, compare(warp(moving, field, padding="border")))
    torch.testing.assert_close(found.min_jacobian, min_jacobian(field))


@pytest.mark.parametrize("shift", [(3, -5), (0, 8)])
def test_a_known_translation_is_found(shift):
    """fixed(x) = moving(x - shift), so the fixed image looks for its values at -shift."""
    at = (torch.arange(128, dtype=torch.float64) - 63.5) / 22
    window = (-(at**2) / 2).exp() * (-(at**2) / 2).exp()[:, None]
    moving = (texture((128, 128), 6) * window).float()
    fixed = moving.roll(shift, (2, 3))
    found = register(moving, fixed, Lddmm(similarity="ssd", ell=0.05, sigma=0.03))
    error = (field_of(found) + torch.tensor(shift).view(1, 2, 1, 1)).norm(dim=1)[0]
    assert float(error[window.roll(shift, (0, 1)) > 0.5].median()) <= 0.6


def test_a_shot_deformation_is_found_again():
    """In pixels, on an oblong image, from a field whose direction and scale are known."""
    size = (60, 90)
    modes = Modes(size)
    moving = texture(size, 3).float()
    field = displacement_px(momenta(modes, 1, peak=0.04, k=2).float(), modes, size)
    rows, columns = (torch.arange(n) for n in size)
    fixed = read_at(moving, (rows[:, None] + field[:, 0]), (columns + field[:, 1]))
    found = register(moving, fixed, Lddmm(sigma=1.0))
    middle = (slice(None), slice(None), slice(10, -10), slice(10, -10))
    left, there = (f[middle].norm(dim=1).mean() for f in (field_of(found) - field, field))
    assert float(left) < 0.25 * float(there)


def test_exchanged_axes_give_the_exchanged_map():
    moving, fixed = pairs((48, 72))
    field, exchanged = (field_of(register(*images, Lddmm())) for images in ((moving, fixed), (moving.mT, fixed.mT)))
    assert float((exchanged.mT.flip(1) - field).norm(dim=1).mean()) <= 0.1
    assert float(field.norm(dim=1).mean()) > 1


def test_a_size_in_other_pixels_gives_the_same_map_in_shares():
    moving, fixed = (images[:2] for images in pairs((64, 64)))
    large = [F.interpolate(image, scale_factor=2, mode="bilinear") for image in (moving, fixed)]
    small_field, large_field = field_of(register(moving, fixed, SSD)), field_of(register(*large, SSD))
    assert float((F.avg_pool2d(large_field, 2) / 2 - small_field).norm(dim=1).mean()) <= 0.3


@pytest.mark.parametrize("lddmm", [Lddmm(), SSD], ids=["lncc", "ssd"])
def test_a_pair_does_not_depend_on_its_batch_and_a_repetition_is_the_same(lddmm):
    moving, fixed = pairs()
    whole = registered(lddmm)
    assert torch.equal(whole.momentum, register(moving, fixed, lddmm).momentum)
    for row in range(3):
        alone = register(moving[row : row + 1], fixed[row : row + 1], lddmm)
        for name in ("momentum", "objective", "before", "after", "min_jacobian", "guard_factor"):
            assert torch.equal(getattr(whole, name)[row : row + 1], getattr(alone, name)), name


def test_single_and_double_precision_agree():
    moving, fixed = (images[:2] for images in pairs())
    single, double = (field_of(register(moving.to(t), fixed.to(t), Lddmm())) for t in (torch.float32, torch.float64))
    assert double.dtype == torch.float64
    assert float((single - double).norm(dim=1).mean()) <= 0.1


@pytest.mark.parametrize("size", [(3, 3), (5, 31), (2, 40), (17, 300)])
def test_odd_and_tiny_images_are_no_error(size):
    moving, fixed = texture(size, 2).float().nan_to_num(), texture(size, 2, seed=1).float().nan_to_num()
    found = register(moving, fixed, Lddmm())
    assert found.momentum.isfinite().all()
    assert found.momentum.shape == (1, 2, 17, 17)


def test_a_pair_with_nan_is_left_alone_and_disturbs_no_other():
    moving, fixed = pairs()
    healthy = registered(Lddmm())
    moving, fixed = moving.clone(), fixed.clone()
    moving[0, 0, 20, 30] = float("nan")
    fixed[1, 0, 5] = float("inf")
    found = register(moving, fixed, Lddmm())
    assert found.before[:2].isnan().all()
    assert found.after[:2].isnan().all()
    assert found.momentum[:2].isfinite().all()
    assert torch.equal(found.momentum[2], healthy.momentum[2])


def test_a_weak_penalty_is_kept_from_folding():
    moving, fixed = pairs()
    found = register(moving, fixed, Lddmm(similarity="ssd", sigma=0.01, ell=0.04))
    assert (found.min_jacobian >= 0.05).all() or (found.guard_factor < 0.25).any()
    assert found.momentum.isfinite().all()


@pytest.mark.parametrize("similarity", ["lncc", "ssd"])
def test_the_gradient_of_the_whole_objective_agrees_with_differences(similarity):
    """Of a smooth image; bilinear sampling has a kink at each pixel's centre."""
    size = (64, 64)
    modes = Modes(size)
    moving, fixed = texture(size, 8), texture(size, 8, seed=1)
    compare = SIMILARITIES[similarity](fixed)
    w = momenta(modes, 1, peak=0.05).requires_grad_()

    def objective(w: Tensor) -> Tensor:
        field = inverse_map_px(shoot(w, modes), modes, size)
        rows, columns = (torch.arange(n, dtype=w.dtype) for n in size)
        return (energy(w) + 50 * compare(read_at(moving, rows[:, None] + field[:, 0], columns + field[:, 1]))).sum()

    (gradient,) = torch.autograd.grad(objective(w), w)
    for seed in range(3):
        direction = momenta(modes, 1, seed=10 + seed)
        with torch.no_grad():
            difference = (objective(w + 1e-4 * direction) - objective(w - 1e-4 * direction)) / 2e-4
        torch.testing.assert_close((gradient * direction).sum(), difference, rtol=2e-3, atol=0)


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"similarity": "mi"}, "similarity"),
        ({"sigma": 0.0}, "sigma"),
        ({"ell": -0.1}, "ell"),
        ({"k": 0}, "k"),
        ({"s": float("nan")}, "s"),
        ({"min_jacobian": 1.0}, "min_jacobian"),
    ],
)
def test_impossible_options_are_refused_by_name(options, key):
    with pytest.raises(ConfigError, match=rf"lddmm\.{key}"):
        Lddmm(**options)


def test_an_affine_start_is_kept_apart_from_the_momentum():
    """A turned and moved copy needs next to no momentum, and the whole map brings it home."""
    affine = torch.tensor([[[1.05, 0.2, 0.05], [-0.2, 1.05, -0.07]]])
    moving = pairs()[0][:1] + 0.3 * texture((64, 64), 4).float()
    fixed = warp(moving, affine_field_px(affine, (64, 64)), padding="border")
    alone, found = (register(moving, fixed, Lddmm(affine=affine)) for affine in (False, True))
    assert alone.affine is None
    assert energy(found.momentum) < 0.1 * energy(alone.momentum)
    shown = warp(moving, followed_by(field_of(found), found.affine), padding="border")
    torch.testing.assert_close(found.after, SIMILARITIES["lncc"](fixed)(shown))
    assert found.after < 0.1 * found.before
