"""Deep supervision: labels of coarse layers, what it does to a training, and that no head is left behind."""

import pytest
import torch

from segaug.augment.deep_supervision import DeepSupervision, shared
from segaug.augment.layer_masks import LayerMasks
from segaug.errors import ConfigError
from tests.augment.layer_losses import LAYERS, half_hearts, is_the_baseline, trained, vector
from tests.augment.task_driven.examples import SIZE


def test_structures_that_meet_in_a_coarse_pixel_share_it():
    label = half_hearts(5, SIZE).label.roll(1, dims=2)  # so that the structures meet inside of coarse pixels
    coarse = shared(LayerMasks(label).like(torch.empty(5, 1, 8, 8)))
    assert coarse.sum(1).max() == 1
    assert set(coarse.unique().tolist()) == {0.0, 0.5, 1.0}
    assert torch.equal(coarse.flatten(2).any(2), label.flatten(2).any(2)), "no structure is lost"


def test_without_a_weight_it_is_the_baseline_to_the_bit():
    assert is_the_baseline(DeepSupervision(weight=0))


def test_options_change_what_is_learned():
    results = [vector(trained(DeepSupervision(**each))[0]) for each in ({}, {"weight": 1.0}, {"layers": "encoder"})]
    assert [(i, j) for j in range(3) for i in range(j) if results[i].equal(results[j])] == []


def test_heads_learn_along_and_are_dropped():
    result, heads = trained(DeepSupervision())
    assert list(heads.convolutions) == LAYERS
    assert result.last.strategy == {}
    _, fresh = trained(DeepSupervision(weight=0))  # its heads have no gradient
    for name, weight in fresh.state_dict().items():
        assert not torch.equal(weight, heads.state_dict()[name]), name


def test_a_head_for_each_structure_and_the_background():
    _, heads = trained(DeepSupervision(layers=["bottleneck"]), half_hearts)
    assert [head.out_channels for head in heads.convolutions.values()] == [3]


def test_a_rerun_is_the_same():
    assert torch.equal(vector(trained(DeepSupervision())[0]), vector(trained(DeepSupervision())[0]))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"weight": -1}, r"augment\.weight.*0\.4 is the default"),
        ({"p": 0.5}, r"augment\.p.*whole batch"),
        ({"layers": ["a", "a"]}, r"augment\.layers.*each layer once"),
    ],
)
def test_bad_options_are_refused(options, said):
    with pytest.raises(ConfigError, match=said):
        DeepSupervision(**options)
