import torch

from segaug.deform.compose import compose_px, composed
from segaug.deform.field import Dense, Field, as_field
from segaug.deform.warp import warp

SIZE = (20, 31)


class Late(Field):
    """A field of which nothing is known before it is spelt out."""

    def __init__(self, displacement_px):
        self.displacement_px = displacement_px
        self.times = 0

    def dense_px(self):
        self.times += 1
        return self.displacement_px

    def only(self, rows):
        return Late(Dense(self.displacement_px).only(rows).dense_px())


def test_a_tensor_is_a_field():
    tensor = torch.randn(2, 2, *SIZE)
    assert as_field(tensor).dense_px() is tensor
    assert as_field(as_field(tensor)).dense_px() is tensor


def test_only_some_rows():
    field = torch.randn(3, 2, *SIZE)
    kept = Dense(field).only(torch.tensor([False, True, False])).dense_px()
    assert torch.equal(kept[1], field[1])
    assert not kept[[0, 2]].any()


def test_a_field_that_is_late_is_spelt_out_once():
    image, late = torch.rand(3, 1, *SIZE), Late(torch.randn(3, 2, *SIZE))
    assert torch.equal(warp(image, late), warp(image, late.displacement_px))
    assert late.times == 1


def test_what_has_no_shorter_way_is_composed_pixel_by_pixel():
    inner, outer = torch.randn(2, 2, 2, *SIZE)
    assert torch.equal(composed(Late(inner), Late(outer)).dense_px(), compose_px(inner, outer))
