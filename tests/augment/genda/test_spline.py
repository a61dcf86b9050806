import pytest
import torch

from segaug.augment.genda.spline import MARGIN, spline_field


def control(values_at, cells):
    """Control points that sample a function of the position, 0..1 along each axis of the image."""
    rows, columns = ((torch.arange(n + MARGIN, dtype=torch.float64) - MARGIN / 2 + 0.5) / n for n in cells)
    return values_at(rows[:, None], columns[None])[None, None]


def centres(size):
    rows, columns = ((torch.arange(n, dtype=torch.float64) + 0.5) / n for n in size)
    return rows[:, None], columns[None]


@pytest.mark.parametrize("size", [(8, 12), (64, 64), (57, 40), (5, 7)])
def test_a_straight_line_stays_straight_up_to_the_border(size):
    line = lambda row, column: 3 * row - 2 * column + 1  # noqa: E731
    torch.testing.assert_close(spline_field(control(line, (8, 6)), size)[0, 0], line(*centres(size)))


def test_a_control_point_acts_within_two_cells_and_all_sum_to_one():
    one = torch.zeros(1, 1, 8 + MARGIN, 8 + MARGIN, dtype=torch.float64)
    one[0, 0, 5, 6] = 1
    field = spline_field(one, (80, 80))[0, 0]  # the point is at the middle of cell (3, 4), 10 pixels a cell
    assert (field[15:55, 25:65] > 0).all()
    assert field.sum() == field[15:55, 25:65].sum()
    assert field.argmax().item() in {34 * 80 + 44, 34 * 80 + 45, 35 * 80 + 44, 35 * 80 + 45}
    torch.testing.assert_close(spline_field(torch.ones_like(one), (80, 80)), torch.ones(1, 1, 80, 80).double())


def test_another_size_reads_the_same_function():
    points = torch.randn(2, 2, 6 + MARGIN, 4 + MARGIN, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(spline_field(points, (90, 60))[..., 1::3, 1::3], spline_field(points, (30, 20)))


def test_its_slope_has_no_kink():
    points = torch.randn(1, 1, 8 + MARGIN, 8 + MARGIN, generator=torch.Generator().manual_seed(0)).double()
    fine, finer = (spline_field(points, (n, n))[0, 0] for n in (400, 800))
    kinks = [field.diff(n=2, dim=0).abs().max() for field in (fine, finer)]
    assert kinks[0] / kinks[1] == pytest.approx(4, rel=0.05)  # a kink's second difference would only halve
