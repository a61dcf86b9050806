import torch

from segaug.deform.affine import affine_px
from segaug.deform.grid import centred_px, sampler_points
from segaug.deform.spline_field import SplineField

SIZE = (20, 31)
TURN = torch.tensor([[[0.9, 0.3], [-0.3, 0.95]], [[-1.0, 0.0], [0.0, 1.0]]])


def knots_of(function, counts=(9, 12), size=SIZE):
    """A field of the position, (rows, columns) in pixels from the middle, at knots from edge to edge."""
    places = (torch.linspace(-n / 2, n / 2, count) for n, count in zip(size, counts, strict=True))
    return torch.stack(function(*torch.meshgrid(*places, indexing="ij")))[None]


def at_pixels(function, size=SIZE):
    like = torch.empty(())
    return torch.stack(function(*torch.meshgrid(*(centred_px(n, like) for n in size), indexing="ij")))[None]


def test_it_is_exact_for_cubic_polynomials_up_to_the_border():
    def cubic(row, column):
        return 1e-3 * row**3 - 0.1 * row * column, 2 + 0.5 * column - 1e-3 * row * column**2

    field = SplineField(control_px=knots_of(cubic), size=SIZE)
    torch.testing.assert_close(field.dense_px(), at_pixels(cubic), rtol=1e-5, atol=1e-4)


def test_the_affine_map_is_added():
    control_px = torch.randn(2, 2, 7, 9)
    alone = SplineField(control_px=control_px, size=SIZE).dense_px()
    turned = SplineField(control_px=control_px, size=SIZE, matrix=TURN)
    assert torch.equal(turned.dense_px(), affine_px(TURN, SIZE) + alone)
    points = sampler_points(turned.dense_px())
    torch.testing.assert_close(turned.points(slice(None), SIZE), points, rtol=0, atol=1e-5)


def test_other_rows_do_not_move():
    field = SplineField(control_px=torch.randn(2, 2, 7, 9), size=SIZE, matrix=TURN)
    kept = field.only(torch.tensor([True, False])).dense_px()
    assert torch.equal(kept[0], field.dense_px()[0])
    assert not kept[1].any()
