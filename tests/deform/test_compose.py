import torch

from segaug.deform.affine import affine_px
from segaug.deform.compose import compose_px
from segaug.deform.warp import warp

SIZE = (40, 56)
INSIDE = (..., slice(10, 30), slice(12, 44))


def smooth_field(seed, magnitude_px):
    noise = torch.randn(2, 2, 5, 7, generator=torch.Generator().manual_seed(seed))
    return magnitude_px * torch.nn.functional.interpolate(noise, size=SIZE, mode="bicubic", align_corners=True)


def test_affine_maps_compose_as_their_matrices():
    inner = torch.tensor([[[1.1, 0.05], [0.0, 0.95]]])
    outer = torch.tensor([[[0.9, -0.1], [0.2, 1.0]]])
    total = compose_px(affine_px(inner, SIZE), affine_px(outer, SIZE))
    expected = affine_px(inner @ outer, SIZE)  # not outer @ inner: those differ by several pixels here
    torch.testing.assert_close(total[INSIDE], expected[INSIDE], atol=1e-3, rtol=0)
    assert (affine_px(outer @ inner, SIZE) - expected)[INSIDE].abs().max() > 0.1


def test_one_warp_by_the_total_is_two_warps():
    rows, columns = torch.meshgrid(torch.arange(40.0), torch.arange(56.0), indexing="ij")
    image = (torch.sin(rows / 9) * torch.cos(columns / 7))[None, None].repeat(2, 1, 1, 1)
    inner, outer = smooth_field(0, 1.5), smooth_field(1, 1.5)
    twice = warp(warp(image, inner), outer)
    torch.testing.assert_close(warp(image, compose_px(inner, outer))[INSIDE], twice[INSIDE], atol=0.01, rtol=0)
    assert (warp(image, inner + outer) - twice)[INSIDE].abs().max() > 0.02  # the sum of both is not good enough


def test_a_zero_field_leaves_the_other_bit_for_bit():
    field = smooth_field(2, 3.0)
    assert torch.equal(compose_px(torch.zeros_like(field), field), field)
    assert torch.equal(compose_px(field, torch.zeros_like(field)), field)


def test_inner_continues_outside_with_its_border_value():
    inner, outer = torch.full((1, 2, *SIZE), 2.0), torch.full((1, 2, *SIZE), 30.0)
    torch.testing.assert_close(compose_px(inner, outer), torch.full((1, 2, *SIZE), 32.0))
