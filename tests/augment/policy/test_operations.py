import pytest
import torch

from segaug.augment.policy.operations import flip_ids, operations, tables
from segaug.augment.policy.options import groups, place

GREY = ("gamma", "inverted_gamma", "shift", "intensity_scale", "contrast")
FILTERS = ("filter", "noise", "low_resolution")


@pytest.mark.parametrize(("axes", "spatial"), [(2, 21), (3, 41)])
def test_there_are_so_many_of_each_kind(axes, spatial):
    table, at = tables(axes), place(axes)
    moves = (table.matrix != torch.eye(axes)).any(2).any(1)
    grey, filtered = (table.option[:, [at[name] for name in names]].any(1) for names in (GREY, FILTERS))
    counts = [int(each.sum()) for each in (moves, grey, filtered, ~(moves | grey | filtered))]
    assert counts == [spatial, 30, 12, 1]
    assert len(operations(axes)) == sum(counts) == {2: 64, 3: 84}[axes]
    assert not (moves & (grey | filtered)).any()


def test_ids_are_the_published_ones():
    """The three-dimensional ones as in the released code, the two-dimensional ones without what needs three axes."""
    names = {axes: [each.name for each in operations(axes)] for axes in (2, 3)}
    assert names[3][:3] == ["identity", "scale 0.05", "scale -0.05"]
    assert names[3][11:13] == ["rotation_frontal 5", "rotation_frontal -5"]
    assert names[3][29:35] == [
        "mirror_sagittal", "mirror_frontal", "mirror_axial", "rotation_frontal 90", "rotation_frontal -90",
        "rotation_frontal 180",
    ]  # fmt: skip
    assert (names[3][41], names[3][47], names[3][53], names[3][59], names[3][65]) == tuple(
        f"{name} {value}" for name, value in zip(GREY, ("0.1", "0.1", "0.05", "0.05", "0.05"), strict=True)
    )
    assert names[3][71:83:3] == ["filter blur_0.5", "filter sharpen_0.9", "noise 0.025", "low_resolution 0.9"]
    assert names[3][83] == "mirror_all"
    assert names[2][11:22] == [
        "rotation 5", "rotation -5", "rotation 15", "rotation -15", "rotation 25", "rotation -25",
        "mirror_rows", "mirror_columns", "rotation 90", "rotation -90", "rotation 180",
    ]  # fmt: skip
    assert names[2][22:] == names[3][41:83]


def test_flips_are_the_published_ids():
    assert flip_ids(3) == (0, 29, 30, 31, 34, 37, 40, 83)
    assert flip_ids(2) == (0, 17, 18, 21)


@pytest.mark.parametrize("axes", [2, 3])
def test_a_matrix_times_that_of_its_inverse_is_the_identity(axes):
    table = tables(axes)
    torch.testing.assert_close(table.matrix @ table.inverse, torch.eye(axes).expand_as(table.matrix))
    exact = table.exact
    assert torch.equal((table.matrix @ table.inverse)[exact], torch.eye(axes).expand_as(table.matrix)[exact])
    assert int(exact.sum()) == {2: 5, 3: 13}[axes]
    assert int(table.warps.sum()) == {2: 16, 3: 28}[axes]


@pytest.mark.parametrize("axes", [2, 3])
def test_magnitudes_are_the_middles_of_the_options(axes):
    table = tables(axes)
    for number, operation in enumerate(operations(axes)):
        for name, choice in operation.choice.items():
            group = groups(axes)[place(axes)[name]]
            middle = next(option.middle for option in group.options if option.name == choice)
            factor = 1 / (1 + middle) if operation.backward else 1 + middle
            signed = -middle if operation.backward else middle
            expected = {"factor": factor, "signed": signed, "size": middle, "certain": 0}[group.law]
            assert table.strength[number, place(axes)[name]].item() == pytest.approx(expected)
