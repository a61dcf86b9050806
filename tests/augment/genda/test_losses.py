import pytest
import torch

from segaug.augment.genda.losses import folding, roughness
from segaug.deform.affine import affine_px


def affine(matrix, size=(20, 30)):
    return affine_px(torch.tensor(matrix)[None], size)


def test_roughness_of_an_affine_field_is_the_squared_norm_of_its_slope():
    assert roughness(affine([[1.0, 0.0], [0.0, 1.0]])) == 0
    assert roughness(affine([[1.2, 0.5], [-0.1, 0.7]])).item() == pytest.approx(0.04 + 0.25 + 0.01 + 0.09, rel=1e-4)


def test_nothing_is_paid_for_the_identity_a_shift_or_a_mild_strain():
    assert folding(affine([[1.0, 0.0], [0.0, 1.0]])) == 0
    assert folding(affine([[1.0, 0.0], [0.0, 1.0]]) + 5) == 0
    assert folding(affine([[0.3, 0.0], [0.0, 0.3]])) == 0


def test_a_mirrored_image_pays_its_determinant_and_the_margin():
    assert folding(affine([[-1.0, 0.0], [0.0, 1.0]])).item() == pytest.approx(1.05, rel=1e-4)


def test_a_fold_at_one_corner_of_one_cell_is_paid_for():
    field = torch.zeros(1, 2, 9, 9)
    field[0, 0, 4, 4] = 1.25  # on central differences, every determinant is positive
    assert folding(field) > 0


def test_descending_the_penalty_unfolds():
    field = affine([[-0.2, 0.0], [0.0, 1.0]], (12, 12)).clone().requires_grad_()
    before = folding(field).item()
    optimizer = torch.optim.Adam([field], lr=0.1)
    for _ in range(100):
        optimizer.zero_grad()
        folding(field).backward()
        optimizer.step()
    assert folding(field) < 0.1 * before
