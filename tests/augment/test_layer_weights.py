import torch

from segaug.augment.layer_weights import LayerWeights


def descended(losses, steps):
    weights = LayerWeights([f"layer{i}" for i in range(len(losses))], torch.device("cpu"))
    seen = []
    for _ in range(steps):
        weights.descend(torch.tensor(losses), 0.1)
        seen.append(weights.alpha.detach().clone())
    return weights, torch.stack(seen)


def test_a_weight_moves_up_exactly_where_the_loss_is_negative():
    _, seen = descended([-2.0, 0.5, -0.01, 0.0], steps=3)
    assert (seen.diff(dim=0)[:, [0, 2]] > 0).all()
    assert (seen[:, [1, 3]] == 0).all()


def test_weights_stay_from_0_to_1():
    _, seen = descended([-1.0, 1.0], steps=30)
    assert seen.min() == 0
    assert seen.max() == seen[-1, 0] == 1


def test_one_that_came_back_to_0_has_left_it():
    weights, _ = descended([-1.0, 1.0], steps=2)
    for _ in range(30):
        weights.descend(torch.tensor([1.0, 1.0]), 0.1)
    assert weights.facts() == {"alpha": {"layer0": 0.0, "layer1": 0.0}, "never_left_zero": 0.5}


def test_a_weight_that_is_no_number_is_told_as_unknown():
    weights, _ = descended([float("nan")], steps=1)
    assert weights.facts()["alpha"] == {"layer0": None}
