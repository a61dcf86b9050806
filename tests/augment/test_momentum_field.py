"""A field of momenta is shot where it is asked for, from where the affine map behind it looks."""

import torch

from segaug.augment.guard import guarded_displacement_px, guarded_field
from segaug.augment.momentum_field import MomentumField
from segaug.deform.affine import affine_px
from segaug.deform.affine_field import AffineField
from segaug.deform.compose import composed
from segaug.registration.modes import Modes
from tests.registration.examples import momenta

MODES = Modes((48, 32))
W = 0.5 * momenta(MODES, 3).float()
TURNED = torch.tensor([[[0.9, 0.3], [-0.3, 0.95]], [[-1.0, 0.0], [0.0, 1.0]], [[0.8, 0.2], [0.1, -0.9]]])
SHOT, AFFINE = MomentumField(W, MODES, 0.05), AffineField(TURNED, MODES.size)
ROWS = torch.tensor([True, False, True])


def test_alone_it_is_the_guarded_field():
    assert torch.equal(SHOT.dense_px(), guarded_displacement_px(W, MODES, 0.05))


def test_an_affine_map_behind_it_is_where_particles_start():
    assert torch.equal(composed(SHOT, AFFINE).dense_px(), guarded_field(W, MODES, 0.05, TURNED).dense_px())


def test_rows_that_are_left_out_do_not_move():
    field = SHOT.only(ROWS).dense_px()
    assert not field[1].any()
    assert torch.equal(field[0], SHOT.dense_px()[0])


def test_rows_that_are_left_out_are_affine_to_the_bit():
    total = composed(SHOT.only(ROWS), AFFINE).dense_px()
    assert torch.equal(total[1], affine_px(TURNED, MODES.size)[1])
    assert torch.equal(total[0], composed(SHOT, AFFINE).dense_px()[0])


def test_of_what_was_composed_rows_can_be_left_out_as_well():
    field = composed(SHOT, AFFINE).only(ROWS).dense_px()
    assert not field[1].any()


def test_before_an_affine_map_it_is_composed_point_by_point():
    total = composed(AFFINE, SHOT).dense_px()
    assert (total - affine_px(TURNED, MODES.size)).abs().max() > 0.1
