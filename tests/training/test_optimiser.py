"""Update rules are torch's, and a step that is only looked at is the step that would be made."""

import pytest
import torch
from torch import nn

from segaug.errors import ConfigError
from segaug.rng import stream
from segaug.training.look_ahead import look_ahead
from segaug.training.optimiser import Optimiser

RULES = {
    "adam": Optimiser(),
    "adam with decay": Optimiser(weight_decay=0.1),
    "adamw": Optimiser(name="adamw", weight_decay=0.1),
    "sgd": Optimiser(name="sgd"),
    "momentum": Optimiser(name="sgd", momentum=0.9),
    "nesterov": Optimiser(name="sgd", momentum=0.9, nesterov=True, weight_decay=0.1),
    "clipped": Optimiser(clip_norm=0.5),
}
PEERS = {
    "adam": lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.8, 0.99)),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.1, betas=(0.8, 0.99), weight_decay=0.1),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1),
}


def network():
    net = nn.Linear(3, 2)
    for parameter in net.parameters():
        nn.init.constant_(parameter, 0.3)
    return net


def gradients(net, step):
    return [torch.randn(p.shape, generator=stream(step, "gradient", str(i))) for i, p in enumerate(net.parameters())]


def step_of(net, optimizer, rule, step):
    for parameter, gradient in zip(net.parameters(), gradients(net, step), strict=True):
        parameter.grad = gradient
    rule.clip(net.parameters())
    optimizer.step()


@pytest.mark.parametrize("name", PEERS)
def test_the_rule_is_that_of_torch(name):
    ours, theirs = network(), network()
    for net, optimizer in (
        (ours, RULES[name].build(ours.parameters(), 0.1, (0.8, 0.99))),
        (theirs, PEERS[name](theirs.parameters())),
    ):
        for step in range(3):
            step_of(net, optimizer, Optimiser(), step)
    torch.testing.assert_close(ours.weight, theirs.weight)


@pytest.mark.parametrize("name", RULES)
def test_looking_ahead_shows_the_step_that_would_be_made(name):
    rule, net = RULES[name], network()
    optimizer = rule.build(net.parameters(), 0.1, (0.8, 0.99))
    for step in range(3):
        before = [parameter.detach().clone() for parameter in net.parameters()]
        ahead = look_ahead(optimizer, rule, gradients(net, step))
        assert all(torch.equal(one, other) for one, other in zip(before, net.parameters(), strict=True))
        step_of(net, optimizer, rule, step)
        for one, other in zip(ahead, net.parameters(), strict=True):
            torch.testing.assert_close(one, other.detach())


@pytest.mark.parametrize("name", RULES)
def test_looking_ahead_has_gradients(name):
    rule, net = RULES[name], network().double()
    optimizer = rule.build(net.parameters(), 0.1, (0.8, 0.99))
    weight, bias = (one.double().requires_grad_() for one in gradients(net, 1))
    assert torch.autograd.gradcheck(lambda w, b: tuple(look_ahead(optimizer, rule, [w, b])), (weight, bias))
    zero = [torch.zeros_like(one).requires_grad_() for one in (weight, bias)]
    sum(one.sum() for one in look_ahead(optimizer, rule, zero)).backward()
    assert all(one.grad.isfinite().all() for one in zero)


def test_a_weight_without_gradient_stays():
    net = network()
    rule = Optimiser(name="adamw", weight_decay=0.1)
    ahead = look_ahead(rule.build(net.parameters(), 0.1, (0.9, 0.999)), rule, [None, torch.ones(2)])
    assert torch.equal(ahead[0], net.weight)
    assert not torch.equal(ahead[1], net.bias)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"name": "lion"}, r"name in .*: got 'lion'; choose from adam, adamw, sgd"),
        ({"momentum": 0.9}, r"momentum in .*: got 0.9, but adam has none; use protocol\.optimiser\.name=sgd"),
        ({"name": "adamw", "nesterov": True}, r"nesterov in .*: got True, but adamw has none"),
        ({"name": "sgd", "nesterov": True}, r"nesterov in .*: needs momentum"),
        ({"weight_decay": -1.0}, r"weight_decay in .*: got -1.0"),
        ({"clip_norm": 0.0}, r"clip_norm in .*: got 0.0"),
        ({"name": "sgd", "momentum": 1.0}, r"momentum in .*: got 1.0"),
    ],
)
def test_a_wrong_option_is_refused_by_name(options, told):
    with pytest.raises(ConfigError, match=rf"protocol\.optimiser\.{told}"):
        Optimiser(**options)
