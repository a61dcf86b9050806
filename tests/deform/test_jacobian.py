import torch

from segaug.deform.affine import affine_px
from segaug.deform.jacobian import folded, jacobian, min_jacobian


def test_an_affine_map_has_the_determinant_of_its_matrix():
    matrix = torch.eye(2) + 0.3 * torch.randn(5, 2, 2, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(min_jacobian(affine_px(matrix, (20, 30))), torch.linalg.det(matrix), atol=1e-4, rtol=0)


def test_no_displacement_is_one():
    assert (min_jacobian(torch.zeros(2, 2, 8, 9)) == 1).all()


def test_a_single_pixel_moved_towards_any_side_shrinks_a_triangle():
    for axis in (0, 1):
        for step in (-0.75, 0.75, -1.25, 1.25):
            field = torch.zeros(1, 2, 9, 9)
            field[0, axis, 4, 4] = step
            torch.testing.assert_close(min_jacobian(field), torch.tensor([1 - abs(step)]))


def test_each_of_the_four_corners_of_a_cell_is_tested():
    for row in (0, 1):
        for column in (0, 1):
            field = torch.zeros(1, 2, 2, 2)  # one cell; its corner is pushed beyond the diagonal of the other three
            field[0, 0, row, column] = 0.75 * (1 - 2 * row)
            field[0, 1, row, column] = 0.75 * (1 - 2 * column)
            torch.testing.assert_close(min_jacobian(field), torch.tensor([-0.5]))


def test_rows_are_apart():
    field = torch.zeros(2, 2, 9, 9)
    field[1, 0, 4, 4] = 2
    assert min_jacobian(field).tolist() == [1, -1]


def test_the_map_of_an_affine_map_is_its_determinant_everywhere():
    matrix = torch.eye(2) + 0.3 * torch.randn(5, 2, 2, generator=torch.Generator().manual_seed(0))
    found = jacobian(affine_px(matrix, (20, 30)))
    want = torch.linalg.det(matrix)[:, None, None].expand(5, 19, 29)
    torch.testing.assert_close(found, want, atol=1e-4, rtol=0)


def test_the_map_is_negative_where_a_cell_folds_and_nowhere_else():
    field = torch.zeros(1, 2, 9, 9)
    field[0, 0, 4, 4] = 1.25  # beyond its neighbour below: the cells below it fold, those above stretch
    cells = jacobian(field)[0]
    assert folded(field)[0].nonzero().tolist() == [[4, 3], [4, 4]]
    assert cells.min() == min_jacobian(field)
    assert not folded(0.79 * field).any()
