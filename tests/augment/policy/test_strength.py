import pytest
import torch

from segaug.augment.policy.options import groups, place
from segaug.augment.policy.strength import drawn_strength, fixed_strength
from segaug.rng import stream

ROWS = 4000


@pytest.mark.parametrize("axes", [2, 3])
def test_magnitudes_fill_their_range_by_the_law_of_their_group(axes):
    for number, group in enumerate(groups(axes)):
        for choice, option in enumerate(group.options):
            drawn = torch.zeros(ROWS, len(groups(axes)), dtype=torch.long)
            drawn[:, number] = choice
            strength = drawn_strength(drawn, axes, stream(choice, "strength"))[:, number].double()
            if group.law == "factor":
                sides = (strength > 1).double().mean() if choice else torch.tensor(0.5)
                strength = torch.where(strength < 1, 1 / strength, strength) - 1
            elif group.law == "signed":
                sides = (strength > 0).double().mean() if choice else torch.tensor(0.5)
                strength = strength.abs()
            else:
                sides = torch.tensor(0.5)
            assert 0.46 < sides < 0.54
            span = option.high - option.low
            assert strength.min() >= option.low - 1e-6
            assert strength.max() <= option.high + 1e-5
            assert strength.min() <= option.low + 0.01 * span + 1e-6
            assert strength.mean().item() == pytest.approx((option.low + option.high) / 2, abs=0.02 * span + 1e-6)


def test_what_the_identity_drew_changes_nothing():
    strength = drawn_strength(torch.zeros(5, len(groups(2)), dtype=torch.long), 2, stream(0))
    for number, group in enumerate(groups(2)):
        assert (strength[:, number] == (1 if group.law == "factor" else 0)).all()


def test_signs_of_shift_and_scale_are_drawn_apart():
    at = place(2)
    option = torch.zeros(ROWS, len(groups(2)), dtype=torch.long)
    option[:, [at["shift"], at["intensity_scale"]]] = 2
    strength = drawn_strength(option, 2, stream(1))
    positive = strength[:, at["shift"]] > 0
    larger = strength[:, at["intensity_scale"]] > 1
    assert 0.22 < (positive & larger).float().mean() < 0.28


def test_fixed_strengths_are_the_middles():
    at = place(2)
    option = torch.full((1, len(groups(2))), 1)
    forward, backward = (fixed_strength(option, torch.full_like(option, b, dtype=torch.bool), 2)[0] for b in (0, 1))
    found = [(forward[at[n]].item(), backward[at[n]].item()) for n in ("scale", "rotation", "noise")]
    assert found == [pytest.approx((1.05, 1 / 1.05)), (5, -5), pytest.approx((0.025, 0.025))]


def test_a_row_has_its_strength_whatever_the_others_drew():
    option = torch.zeros(3, len(groups(2)), dtype=torch.long)
    other = option.clone()
    other[1:] = 1
    one, two = (drawn_strength(each, 2, stream(2)) for each in (option, other))
    assert torch.equal(one[0], two[0])
