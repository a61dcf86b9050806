import math
from dataclasses import dataclass, field, replace
from functools import partial
from typing import ClassVar

import pytest
import torch
from torch import Tensor, nn

from segaug.augment.none import NoAugmentation
from segaug.augment.strategy import Allowed, StepContext, Strategy
from segaug.batch import Batch
from segaug.metrics import cross_entropy
from segaug.models.inference import logits_of
from segaug.rng import stream
from segaug.training.fit import fit
from segaug.training.optimiser import Optimiser
from segaug.training.protocol import Protocol
from segaug.training.stopwatch import Stopwatch

PROTOCOL = Protocol(unit="update", length=12, warmup=1, validate_every=3, patience=None, learning_rate=0.05)


def images(rows: int, seed: int = 0) -> Batch:
    label = (torch.rand(rows, 1, 8, 8, generator=stream(seed, "label")) > 0.5).float()
    noise = torch.randn(rows, 1, 8, 8, generator=stream(seed, "noise"))
    return Batch(
        label + 0.3 * noise, label, torch.arange(rows), torch.ones(rows, 2), torch.zeros(rows, dtype=torch.long)
    )


def network() -> nn.Module:
    conv = nn.Conv2d(1, 1, 1)
    nn.init.constant_(conv.weight, 0.1)
    nn.init.zeros_(conv.bias)
    return conv


def train(protocol=PROTOCOL, strategy=None, subset=None, net=None, validation="default", seed=0):
    net = net or network()
    validation = images(4, 1) if validation == "default" else validation
    return net, fit(
        net, strategy or NoAugmentation(), None, subset or images(8), validation, protocol, seed, Stopwatch()
    )


def test_plain_training_equals_a_loop_written_by_hand():
    protocol = replace(PROTOCOL, warmup=0)
    net, trained = train(protocol)
    other, batch = network(), images(8)
    optimizer = torch.optim.Adam(other.parameters(), fused=True)
    for step in range(12):
        optimizer.param_groups[0]["lr"] = 0.05 * 0.5 * (1 + math.cos(math.pi * step / 12))
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(other(batch.image), batch.label).backward()
        optimizer.step()
    torch.testing.assert_close(trained.last.network["weight"], other.weight.detach())
    torch.testing.assert_close(net.weight, other.weight)


def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not():
    subset = images(20)
    first, again, other = (train(subset=subset, seed=seed)[1] for seed in (3, 3, 4))
    assert all(torch.equal(first.last.network[name], again.last.network[name]) for name in first.last.network)
    assert first.history == again.history
    assert not torch.equal(first.last.network["weight"], other.last.network["weight"])


def test_global_random_state_is_untouched():
    net = network()  # draws its first weights
    before = torch.get_rng_state()
    train(net=net)
    assert torch.equal(before, torch.get_rng_state())


def test_best_weights_are_those_with_the_lowest_validation_bce():
    validation = images(4, 1)
    validation = replace(validation, label=1 - validation.label)  # what is learned makes it worse
    net, trained = train(validation=validation)
    history = trained.history
    assert history.update == [3, 6, 9, 12]
    assert trained.best_update == history.update[history.validation["bce"].index(min(history.validation["bce"]))] == 3
    net.load_state_dict(trained.best.network)
    value = cross_entropy(logits_of(net, validation.image), validation.label).mean().item()
    assert value == pytest.approx(min(history.validation["bce"]))
    assert not torch.equal(trained.best.network["weight"], trained.last.network["weight"])


def test_patience_counts_validations_without_gain():
    validation = images(4, 1)
    validation = replace(validation, label=1 - validation.label)
    _, trained = train(replace(PROTOCOL, patience=2), validation=validation)
    assert (trained.stopped, trained.updates) == ("patience", 9)  # best at 3, then 6 and 9 without gain


class Scripted(nn.Module):
    """Predicts logits that grow or fall as told: validation by validation, on labels that are 0."""

    def __init__(self, logits: tuple[float, ...]) -> None:
        super().__init__()
        self.trained, self.logits, self.asked = network(), logits, 0

    def forward(self, image):
        if self.training:
            return self.trained(image)
        self.asked += 1
        return torch.full_like(image, self.logits[self.asked - 1])


@pytest.mark.parametrize(
    ("logits", "validations", "best"),
    [
        ((0, 1, -1, 1, 2, 3), 5, 3),  # the gain at 3 starts the count anew
        ((0, 0, 0, 0, 0, 0), 3, 1),  # a tie is no gain
        ((0, 1, -1, 0, -2, -1), 6, 5),
    ],
)
def test_a_gain_starts_patience_anew(logits, validations, best):
    validation = replace(images(2), label=torch.zeros(2, 1, 8, 8))
    protocol = replace(PROTOCOL, length=6, validate_every=1, patience=2)
    _, trained = train(protocol, net=Scripted(logits), validation=validation)
    assert (trained.updates, trained.best_update) == (validations, best)


def test_without_validation_labels_the_last_weights_count():
    _, trained = train(validation=None)
    assert trained.history.validation["bce"] == []
    assert trained.best_update == trained.updates == 12
    assert all(torch.equal(trained.best.network[name], trained.last.network[name]) for name in trained.last.network)


@pytest.mark.parametrize("images_", [1, 2, 4])
def test_fewer_images_than_a_batch(images_):
    _, trained = train(replace(PROTOCOL, unit="epoch"), subset=images(images_))
    assert (trained.updates, trained.epochs) == (12, 12)


def test_a_loss_that_is_not_a_number_ends_the_trial_as_diverged():
    _, trained = train(replace(PROTOCOL, learning_rate=1e38))
    assert trained.stopped == "diverged"
    assert trained.updates < 12


def test_bfloat16_changes_the_numbers_a_little():
    exact, half = train()[1], train(replace(PROTOCOL, precision="bfloat16"))[1]
    assert not torch.equal(exact.last.network["weight"], half.last.network["weight"])
    torch.testing.assert_close(exact.last.network["weight"], half.last.network["weight"], atol=0.02, rtol=0.02)
    assert half.last.network["weight"].dtype == torch.float32


@dataclass(frozen=True, kw_only=True)
class OwnStep(Strategy):
    """Replaces "augment, then loss" and writes down what it was given."""

    seen: ClassVar[list[StepContext]] = []

    def training_step(self, context: StepContext) -> Tensor:
        self.seen.append(context)
        batch = context.augment(context.batch)
        return 2 * context.loss(context.model(batch.image), batch.label)


def test_a_strategy_may_replace_the_training_step():
    OwnStep.seen.clear()
    _, plain = train()
    _, own = train(strategy=OwnStep())
    assert [context.step for context in OwnStep.seen] == list(range(12))
    want = [0.05 * (1 if step < 1 else 0.5 * (1 + math.cos(math.pi * (step - 1) / 11))) for step in range(12)]
    assert [context.learning_rate for context in OwnStep.seen] == pytest.approx(want)  # the rate of each update
    assert own.history.training_loss[0] == pytest.approx(2 * plain.history.training_loss[0], rel=0.05)


@pytest.mark.parametrize(
    ("rule", "peer"),
    [
        (Optimiser(name="adamw", weight_decay=0.1), partial(torch.optim.AdamW, weight_decay=0.1)),
        (
            Optimiser(name="sgd", momentum=0.9, nesterov=True, clip_norm=0.01),
            partial(torch.optim.SGD, momentum=0.9, nesterov=True),
        ),
    ],
)
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_other_update_rules_equal_a_loop_written_by_hand(rule, peer, precision):
    net, _ = train(replace(PROTOCOL, warmup=0, decay="polynomial", optimiser=rule, precision=precision))
    other, batch = network(), images(8)
    optimizer = peer(other.parameters())
    for step in range(12):
        optimizer.param_groups[0]["lr"] = 0.05 * (1 - step / 12) ** 0.9
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(other(batch.image), batch.label).backward()
        nn.utils.clip_grad_norm_(other.parameters(), rule.clip_norm or math.inf)
        optimizer.step()
    loose = {"atol": 2e-3, "rtol": 0.05} if precision == "bfloat16" else {}
    torch.testing.assert_close(net.weight, other.weight, **loose)


@dataclass(frozen=True, kw_only=True)
class LookingAhead(Strategy):
    """Writes down where each step will lead, and where the last one has led."""

    foreseen: list[Tensor] = field(default_factory=list)
    found: list[Tensor] = field(default_factory=list)

    def training_step(self, context: StepContext) -> Tensor:
        self.found.append(context.model.weight.detach().clone())
        loss = context.loss(context.model(context.batch.image), context.batch.label)
        gradients = torch.autograd.grad(loss, list(context.model.parameters()), retain_graph=True)
        self.foreseen.append(context.look_ahead(gradients)[0])
        return loss


@pytest.mark.parametrize("rule", [Optimiser(), Optimiser(name="sgd", momentum=0.9, clip_norm=0.01)])
def test_a_step_can_be_foreseen(rule):
    strategy = LookingAhead()
    net, _ = train(replace(PROTOCOL, optimiser=rule), strategy=strategy)
    for foreseen, found in zip(strategy.foreseen, [*strategy.found[1:], net.weight.detach()], strict=True):
        torch.testing.assert_close(foreseen, found)


def test_several_structures_are_learned():
    rows, rng = 8, stream(0, "parts")
    part = torch.randint(4, (rows, 8, 8), generator=rng)
    label = nn.functional.one_hot(part, 4).movedim(-1, 1)[:, 1:].float()
    batch = Batch(
        label + 0.1 * torch.randn(label.shape, generator=rng),
        label,
        torch.arange(rows),
        torch.ones(rows, 2),
        torch.zeros(rows).long(),
    )
    protocol = replace(PROTOCOL, length=60, learning_rate=0.3, select="dice")
    trained = fit(nn.Conv2d(3, 4, 1), NoAugmentation(), None, batch, batch, protocol, 0, Stopwatch())
    assert list(trained.history.columns())[3:] == ["validation_ce", "validation_dice"]
    assert trained.history.validation["ce"][-1] < 0.5 * trained.history.validation["ce"][0]
    assert max(trained.history.validation["dice"]) > 0.95


def test_epochs_are_those_of_the_labelled_images():
    """A strategy that makes the subset larger gets no more updates by it."""
    protocol = replace(PROTOCOL, unit="epoch", length=3, batch_size=4, warmup=0)
    net, made = network(), images(20)
    trained = fit(net, NoAugmentation(), None, made, images(4, 1), protocol, 0, Stopwatch(), labelled=8)
    plain = train(protocol, subset=images(8))[1]
    assert (trained.updates, trained.epochs, trained.images) == (plain.updates, plain.epochs, 20) == (6, 3, 20)
    assert plain.images == 8


def test_the_parts_of_the_stopwatch_sum_to_the_whole():
    watch = Stopwatch()
    with watch("other"):
        start = watch._now()
        fit(network(), NoAugmentation(), None, images(8), images(4, 1), PROTOCOL, 0, watch)
        whole = watch._now() - start
    assert set(watch.seconds) == {"other", "network", "augmentation"}
    assert sum(watch.seconds.values()) == pytest.approx(whole, rel=0.02)
    assert min(watch.seconds.values()) > 0


@dataclass(frozen=True, kw_only=True)
class Interrupted(Strategy):
    """Presses Ctrl-C in the first step."""

    def sample(self, batch, prepared, rng):
        raise KeyboardInterrupt


def test_ctrl_c_stays_ctrl_c():
    with pytest.raises(KeyboardInterrupt):
        train(strategy=Interrupted())


def test_a_patch_as_large_as_the_image_gives_the_curve_of_whole_images():
    plain, patched = train()[1], train(replace(PROTOCOL, patch=8))[1]
    assert patched.history == plain.history
    assert all(torch.equal(patched.last.network[name], plain.last.network[name]) for name in plain.last.network)
    assert plain.patches is None
    assert (patched.patches.size, patched.patches.rows, patched.patches.foreground) == ((8, 8), 96, 48)


def test_a_network_is_trained_on_patches_and_judged_by_windows():
    class Sees(nn.Conv2d):
        seen: ClassVar[set[tuple[bool, tuple[int, ...]]]] = set()

        def forward(self, image):
            self.seen.add((self.training, tuple(image.shape[2:])))
            return super().forward(image)

    _, trained = train(replace(PROTOCOL, patch=4), net=Sees(1, 1, 1))
    assert Sees.seen == {(True, (4, 4)), (False, (4, 4))}
    assert trained.history.validation["bce"][-1] < trained.history.validation["bce"][0]


@dataclass(frozen=True, kw_only=True)
class DrawsValidation(Strategy):
    """Writes down what it is given to validate with."""

    sees = ("labelled subset", "validation labels")
    drawn: list[Batch] = field(default_factory=list)
    given: list[StepContext] = field(default_factory=list)

    def training_step(self, context: StepContext) -> Tensor:
        self.given.append(context)
        self.drawn.extend(context.draw_validation(3) for _ in range(2))
        batch = context.augment(context.batch)
        return context.loss(context.model(batch.image), batch.label)


@pytest.mark.parametrize("patch", [None, 4])
def test_a_step_of_a_strategy_gets_patches_of_training_and_validation_images(patch):
    strategy, validation = DrawsValidation(), images(5, 1)
    allowed = Allowed(validation=validation)
    protocol, net = replace(PROTOCOL, patch=patch), network()
    fit(net, strategy, None, images(8), validation, protocol, 0, Stopwatch(), allowed)
    first, again, later = *strategy.drawn[:2], strategy.drawn[2]
    assert torch.equal(first.image, again.image)
    assert first.image.shape[2:] == (8, 8)
    context = strategy.given[0]
    assert context.augment(context.batch).image.shape[2:] == ((4, 4) if patch else (8, 8))
    if patch is None:
        assert first.patch is context.batch.patch is context.patch is None
        return
    assert context.patch == first.patch.size == context.batch.patch.size == (4, 4)
    assert first.patch.foreground.tolist() == [True, False, True]
    assert torch.equal(first.patch.centre, again.patch.centre)
    assert not torch.equal(first.patch.centre, later.patch.centre)
