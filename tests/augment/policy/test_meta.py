import pytest
import torch
import torch.nn.functional as F
from torch.func import functional_call

from segaug.augment.policy.meta import centred, helpfulness, logit_gradient, validation_gradient
from segaug.experiment.config.schema import MODELS
from segaug.models.network import build_with_seed

ROWS, RATE = 4, 0.01


@pytest.fixture(params=["small", "nnunet", "swin_unet"])
def network(request):
    if request.param == "small":
        torch.manual_seed(0)
        layers = (torch.nn.Conv2d(1, 4, 3, padding=1), torch.nn.Tanh(), torch.nn.Conv2d(4, 1, 3, padding=1))
        return torch.nn.Sequential(*layers).double()
    options = {"nnunet": {"feature_size": 4}, "swin_unet": {"feature_size": 12}}[request.param]
    return build_with_seed(MODELS[request.param](**options), 0, 1, 1).double().train()


@pytest.fixture
def data():
    rng = torch.Generator().manual_seed(1)
    image = torch.rand(2 * ROWS, 1, 32, 32, generator=rng, dtype=torch.double)
    return image, (image > 0.6).double()


def row_losses(logits, label):
    return F.binary_cross_entropy_with_logits(logits, label, reduction="none").flatten(1).mean(1)


def by_differentiating_the_update(network, image, label):
    """d L_val(theta*(w)) / d w: the reference, by reverse over reverse."""
    weights = dict(network.named_parameters())
    w = torch.ones(ROWS, dtype=torch.double, requires_grad=True)
    loss = (w * row_losses(network(image[:ROWS]), label[:ROWS])).mean()
    gradients = torch.autograd.grad(loss, [*weights.values()], create_graph=True)
    moved = {name: weight - RATE * g for (name, weight), g in zip(weights.items(), gradients, strict=True)}
    validation = row_losses(functional_call(network, moved, (image[ROWS:],)), label[ROWS:]).mean()
    return torch.autograd.grad(validation, w)[0]


@pytest.mark.parametrize("way", ["difference", "exact"])
def test_helpfulness_is_the_derivative_of_the_validation_loss_by_the_weights_of_rows(network, data, way, request):
    """A step of 0.01 in all weights sees a little of the curvature of swin_unet."""
    bent = "swin_unet" in request.node.name
    tolerance = 1e-9 if way == "exact" else 2e-3 if bent else 1e-3
    image, label = data
    expected = by_differentiating_the_update(network, image, label)
    loss = row_losses(network(image[:ROWS]), label[:ROWS]).mean()
    gradients = torch.autograd.grad(loss, [*network.parameters()])
    v = validation_gradient(
        network, gradients, RATE, lambda forward: row_losses(forward(image[ROWS:]), label[ROWS:]).mean()
    )
    found = helpfulness(network, lambda forward: row_losses(forward(image[:ROWS]), label[:ROWS]), v, way)
    assert (-RATE * found - expected).norm() <= tolerance * expected.norm()


def test_neither_weights_nor_statistics_of_the_network_move(data):
    network = build_with_seed(MODELS["unet"](), 0, 1, 1).double().train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    image, label = data

    def losses(forward):
        return row_losses(forward(image), label)

    gradients = [torch.ones_like(weight) for weight in network.parameters()]
    v = validation_gradient(network, gradients, RATE, lambda forward: losses(forward).mean())
    helpfulness(network, losses, v, "difference")
    helpfulness(network, losses, v, "exact")
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_nothing_helps_where_the_validation_loss_is_flat(network, data):
    image, label = data
    v = {name: torch.zeros_like(weight) for name, weight in network.named_parameters()}
    for way in ("difference", "exact"):
        assert not helpfulness(network, lambda forward: row_losses(forward(image), label), v, way).any()


def test_centred_rows_of_a_kind_sum_to_zero():
    helps = torch.rand(9, dtype=torch.double)
    kind = torch.tensor([0, 1, 0, 1, 1, 0, 0, 0, 2])
    found = centred(helps, kind)
    for one in range(3):
        assert found[kind == one].sum().abs() < 1e-12
    assert found[-1] == 0  # the only one of its kind says nothing


MEMBERSHIP = torch.tensor([[1, 0]] * 3 + [[0, 1]] * 2, dtype=torch.double)  # a group of three options, and one of two


def draw(options):
    """One row for each (option of the first group, of the second), with some softmax."""
    chosen = torch.zeros(len(options), 5, dtype=torch.double)
    for row, (first, second) in enumerate(options):
        chosen[row, first] = chosen[row, 3 + second] = 1
    rng = torch.Generator().manual_seed(2)
    raw = torch.rand(len(options), 5, generator=rng, dtype=torch.double)
    return chosen, torch.cat([raw[:, :3].softmax(1), raw[:, 3:].softmax(1)], 1)


def test_logit_gradient_is_that_of_the_weights_of_rows():
    """w_i = s_ij* + stopgrad(1 - s_ij*), one factor a group; each row counts by one over the rows of its option."""
    options = [(0, 0), (0, 1), (2, 1), (1, 1)]
    chosen, _ = draw(options)
    rng = torch.Generator().manual_seed(3)
    noise, logits = torch.rand(4, 5, generator=rng).double(), torch.rand(5, generator=rng).double().requires_grad_()
    helps = torch.rand(4, generator=rng).double()
    soft = torch.cat([(logits + noise)[:, :3].softmax(1), (logits + noise)[:, 3:].softmax(1)], 1)
    objective = torch.zeros((), dtype=torch.double)
    for group, columns in enumerate([slice(0, 3), slice(3, 5)]):
        share = (chosen * soft)[:, columns].sum(1)
        equal = torch.tensor([sum(other[group] == mine[group] for other in options) for mine in options])
        objective = objective - (helps / equal * (share + (1 - share).detach())).sum()
    (expected,) = torch.autograd.grad(objective, logits)
    torch.testing.assert_close(logit_gradient(helps, chosen, soft.detach(), MEMBERSHIP), expected)


def test_the_logits_of_a_group_move_against_each_other():
    chosen, soft = draw([(0, 0), (1, 1), (1, 0)])
    found = logit_gradient(torch.tensor([1.0, -2.0, 0.5]).double(), chosen, soft, MEMBERSHIP)
    assert found[:3].sum().abs() < 1e-12
    assert found[3:].sum().abs() < 1e-12


def test_a_helpful_option_rises():
    chosen, soft = draw([(0, 0), (1, 0)])
    found = logit_gradient(torch.tensor([1.0, -1.0]).double(), chosen, soft, MEMBERSHIP)
    assert found[0] < 0 < found[1]  # descent lifts the first


def test_what_is_forbidden_has_no_gradient():
    chosen, soft = draw([(0, 0), (1, 0)])
    soft = soft.clone()
    soft[:, 2] = 0  # a logit of -inf
    assert logit_gradient(torch.tensor([1.0, -3.0]).double(), chosen, soft, MEMBERSHIP)[2] == 0
