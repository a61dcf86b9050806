import numpy as np
import pytest
import torch
from scipy.ndimage import affine_transform

from segaug.augment.policy.geometry import affine, carrying, matrices
from segaug.augment.policy.options import groups, place, planes, sizes
from segaug.augment.policy.strength import drawn_strength, fixed_strength
from segaug.deform.affine import affine_px
from segaug.deform.warp import warp
from segaug.rng import stream


def drew(axes: int, backward: bool = False, **chosen: str) -> tuple[torch.Tensor, torch.Tensor]:
    """One row that drew these options, and their fixed strengths."""
    option = torch.zeros(1, len(groups(axes)), dtype=torch.long)
    for name, choice in chosen.items():
        number = place(axes)[name]
        option[0, number] = groups(axes)[number].names.index(choice)
    return option, fixed_strength(option, torch.full_like(option, backward, dtype=torch.bool), axes)


def shown(image: torch.Tensor, option: torch.Tensor, strength: torch.Tensor, mode="bilinear") -> torch.Tensor:
    size = tuple(image.shape[2:])
    return warp(image, affine_px(matrices(option, strength, len(size)), size), mode)


@pytest.mark.parametrize("axes", [2, 3])
def test_turns_and_mirrors_have_exact_entries(axes):
    names = [name for name in place(axes) if name.startswith(("rotation", "mirror"))]
    for backward in (False, True):
        chosen = {name: "90" if name.startswith("rotation") else "flip" for name in names}
        matrix = matrices(*drew(axes, backward, **chosen), axes)[0]
        assert set(matrix.abs().flatten().tolist()) == {0, 1}
        assert torch.equal(matrix @ matrix.mT, torch.eye(axes))


def test_a_turn_is_torch_rot90_and_a_mirror_torch_flip():
    image = torch.rand(1, 2, 16, 16, generator=stream(0, "image"))
    assert torch.equal(shown(image, *drew(2, rotation="90")), image.rot90(-1, (2, 3)))  # clockwise
    assert torch.equal(shown(image, *drew(2, True, rotation="90")), image.rot90(1, (2, 3)))
    assert torch.equal(shown(image, *drew(2, mirror_rows="flip")), image.flip(2))
    assert torch.equal(shown(image, *drew(2, mirror_columns="flip")), image.flip(3))


def test_planes_and_mirrors_of_three_axes_are_those_of_their_names():
    for name, (first, second) in planes(3).items():
        matrix = matrices(*drew(3, **{name: "90"}), 3)[0]
        still = ({0, 1, 2} - {first, second}).pop()
        assert matrix[still, still] == 1
        assert matrix[second, first] == 1
        assert matrix[first, second] == -1
    for axis, name in enumerate(("mirror_sagittal", "mirror_frontal", "mirror_axial")):
        matrix = matrices(*drew(3, **{name: "flip"}), 3)[0]
        assert [entry < 0 for entry in matrix.diagonal()] == [k == axis for k in range(3)]


def test_scale_is_about_the_middle_and_a_factor_above_1_shows_more():
    for backward, factor in ((False, 1.25), (True, 1 / 1.25)):
        matrix = matrices(*drew(2, backward, scale="0.25"), 2)[0]
        torch.testing.assert_close(matrix, factor * torch.eye(2))


@pytest.mark.parametrize("size", [(40, 40), (37, 52)])
def test_scipy_shows_the_same(size):
    """Scaled and rotated first, then mirrored: the output at c shows the input at A M c."""
    image = torch.rand(1, 1, *size, generator=stream(1, "image"))
    option, strength = drew(2, scale="0.15", rotation="25", mirror_columns="flip")
    cos, sin = np.cos(np.pi * 25 / 180), np.sin(np.pi * 25 / 180)
    matrix = 1.15 * np.array([[cos, -sin], [sin, cos]])
    middle = (np.array(size) - 1) / 2
    plain = affine_transform(image[0, 0].double().numpy(), matrix, middle - matrix @ middle, order=1, cval=0.0)
    inside = affine_transform(np.ones(size), matrix, middle - matrix @ middle, order=1, cval=0.0) > 0.999
    ours = shown(image, option, strength)[0, 0].flip(1)
    torch.testing.assert_close(ours[inside], torch.from_numpy(plain).float()[inside], atol=1e-4, rtol=0)


def test_three_rotations_follow_each_other_as_published():
    """(R_z R_x R_y) transposed, each R a rotation of its plane that turns the picture backwards."""
    chosen = {"rotation_frontal": "5", "rotation_sagittal": "15", "rotation_longitudinal": "25"}
    together = matrices(*drew(3, **chosen), 3)[0]
    x, y, z = (matrices(*drew(3, **{name: value}), 3)[0] for name, value in chosen.items())
    torch.testing.assert_close(together, (z.mT @ x.mT @ y.mT).mT)


@pytest.mark.parametrize("axes", [2, 3])
def test_rows_that_drew_no_option_that_moves_are_exactly_the_identity(axes):
    option = torch.stack(
        [torch.zeros(len(sizes(axes)), dtype=torch.long), torch.ones(len(sizes(axes)), dtype=torch.long)]
    )
    for number, name in enumerate(place(axes)):
        if not name.startswith(("scale", "rotation", "mirror")):
            option[0, number] = 1
    strength = drawn_strength(option, axes, stream(2, "strength"))
    assert torch.equal(matrices(option, strength, axes)[0], torch.eye(axes))


@pytest.mark.parametrize("axes", [2, 3])
def test_what_interpolates_and_what_carries_are_the_whole_together(axes):
    option = torch.stack([torch.randint(size, (40,), generator=stream(3, n)) for n, size in enumerate(sizes(axes))], 1)
    strength = drawn_strength(option, axes, stream(4, "strength"))
    carry = carrying(option, strength, axes)
    assert set(carry.unique().tolist()) == {-1, 0, 1}
    assert (carry.abs().sum(1) == 1).all()
    assert (carry.abs().sum(2) == 1).all()
    assert (affine(option, strength, axes).det() > 0).all()  # nothing is mirrored there
    assert torch.equal(affine(option, strength, axes) @ carry, matrices(option, strength, axes))
