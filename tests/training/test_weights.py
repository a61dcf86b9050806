"""The best weights are those of network and strategy at one update, wherever they are used."""

from dataclasses import dataclass, replace

import pytest
import torch
from torch import nn

from segaug.augment.none import NoAugmentation
from segaug.augment.strategy import Strategy
from segaug.models.inference import logits_of
from segaug.training.fit import fit
from segaug.training.protocol import Protocol
from segaug.training.stopwatch import Stopwatch
from segaug.training.weights import weights_of
from tests.training.test_fit import images, network

PROTOCOL = Protocol(unit="update", length=6, warmup=1, validate_every=1, patience=None, learning_rate=1e-4)


class Shift(nn.Module):
    """One number that a strategy learns."""

    def __init__(self) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.zeros(()))


@dataclass(frozen=True, kw_only=True)
class Drifting(Strategy):
    """Adds half a unit to its state at each update, and its state to the logits where it is asked to predict."""

    def training_step(self, context):
        with torch.no_grad():
            context.prepared.value += 0.5
        return context.loss(context.model(context.batch.image), context.batch.label)

    def predict(self, model, image, prepared=None):
        return model(image) + prepared.value


@pytest.fixture
def validation():
    batch = images(4, 1)
    return replace(batch, label=1 - batch.label)  # what is learned makes it worse


def trained(validation, prepared):
    net = network()
    return net, fit(net, Drifting(), prepared, images(8), validation, PROTOCOL, 0, Stopwatch())


def test_the_best_state_is_that_of_the_best_network(validation):
    prepared = Shift()
    _, found = trained(validation, prepared)
    assert found.best_update == 1
    assert (found.best.strategy["value"], found.last.strategy["value"]) == (0.5, 3.0)
    assert prepared.value == 3.0


def test_validation_asks_the_network_alone(validation):
    prepared = Shift()
    net, found = trained(validation, prepared)
    for weights, place in ((found.best, 0), (found.last, -1)):
        weights.load(net, Drifting(), prepared)
        logits = logits_of(net, validation.image)
        value = nn.functional.binary_cross_entropy_with_logits(logits, validation.label).item()
        assert value == pytest.approx(found.history.validation["bce"][place])


def test_a_kept_file_names_both(validation):
    _, found = trained(validation, Shift())
    assert set(found.best.named()) == {"weight", "bias", "strategy/value"}


@dataclass(frozen=True)
class Held:
    """A module beside something else, as strategies hand it from `prepare` to their hooks."""

    shift: Shift
    images: torch.Tensor


def frozen():
    return Shift().requires_grad_(False)


def running_mean():
    module = nn.Module()
    module.register_buffer("mean", torch.zeros(()))
    return module


@pytest.mark.parametrize(
    ("prepared", "names"),
    [
        (None, set()),
        (torch.zeros(3), set()),
        (frozen(), set()),
        (Shift(), {"value"}),
        (running_mean(), {"mean"}),
        (nn.ModuleDict({"old": frozen(), "new": Shift()}), {"old.value", "new.value"}),
        (Held(Shift(), torch.zeros(3)), {"shift.value"}),
        (Held(frozen(), torch.zeros(3)), set()),
    ],
)
def test_what_may_learn_is_the_state_by_default(prepared, names):
    assert set(NoAugmentation().state(prepared)) == names


def test_a_state_is_a_copy_that_can_be_put_back():
    held = Held(Shift(), torch.zeros(3))
    net, strategy = network(), NoAugmentation()
    before = weights_of(net, strategy, held)
    with torch.no_grad():
        held.shift.value.fill_(7)
        net.bias.fill_(7)
    before.load(net, strategy, held)
    assert held.shift.value == 0
    assert net.bias == 0
