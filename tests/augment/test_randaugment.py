import pytest
import torch

from segaug.augment.policy.starts import MAGNITUDES, randaugment
from segaug.augment.randaugment import RandAugment
from segaug.errors import ConfigError


@pytest.mark.parametrize("magnitude", MAGNITUDES)
def test_it_has_the_probabilities_of_its_magnitude(magnitude):
    for own, expected in zip(RandAugment(magnitude=magnitude).probabilities(2), randaugment(magnitude, 2), strict=True):
        assert torch.equal(own, expected)


def test_a_group_is_left_out_though_its_other_options_have_no_probability():
    found = RandAugment(forbid=["rotation"]).probabilities(2)[1]
    assert found.tolist() == [1, 0, 0, 0, 0]


def test_an_unknown_magnitude_is_refused():
    with pytest.raises(ConfigError, match=r"augment\.magnitude in conf/augment/randaugment\.yaml: got 'huge'; .*small"):
        RandAugment(magnitude="huge")
