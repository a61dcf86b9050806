import pytest
import torch

from segaug.augment.policy.categorical import Drawn, draw
from segaug.augment.policy.learning import helps, learn_training_time, row_losses, with_gradient
from segaug.augment.policy.policies import SNAPSHOTS, Policies, Policy
from segaug.training.objective import Objective

SIZES = (3, 2)


def test_a_loss_with_known_gradients_gives_just_these():
    weights = [torch.rand(3, requires_grad=True), torch.rand(2, requires_grad=True), torch.rand(1, requires_grad=True)]
    loss = (weights[0] ** 2).sum() + weights[1].prod()
    gradients = torch.autograd.grad(loss, weights, allow_unused=True)
    again = with_gradient(loss, weights, gradients)
    assert again == loss
    again.backward()
    for weight, gradient in zip(weights, gradients, strict=True):
        assert (weight.grad is None and gradient is None) or torch.equal(weight.grad, gradient)


@pytest.mark.parametrize("loss", ["cross_entropy", "cross_entropy_dice"])
def test_the_losses_of_rows_have_the_loss_of_the_batch_as_their_mean(make_batch, loss):
    batch, objective = make_batch(rows=5), Objective(loss=loss)
    assert objective.of_rows
    logits = torch.randn(batch.label.shape)
    found = row_losses(objective, batch)(lambda image: logits)
    torch.testing.assert_close(found.mean(), objective(logits, batch.label))


def policies(kinds=("background", "foreground")):
    return Policies(2, {kind: torch.tensor([1.0, 0.0, -torch.inf, 1.0, 1.0]) for kind in kinds})


def drawn(rows, seed=0):
    return draw(policies().logits_of(torch.zeros(rows, dtype=torch.long)), SIZES, torch.Generator().manual_seed(seed))


def test_a_class_without_rows_keeps_its_policy_bit_for_bit():
    learned = policies()
    learn_training_time(learned, torch.rand(6), drawn(6), torch.ones(6, dtype=torch.long), SIZES, (0.1, 0.05))
    learn_training_time(learned, torch.rand(6), drawn(6, 1), torch.ones(6, dtype=torch.long), SIZES, (0.1, 0.05))
    assert torch.equal(learned.of(0).logits, learned.of(0).start)
    assert not torch.equal(learned.of(1).logits, learned.of(1).start)
    assert (learned.of(0).rows, learned.of(1).rows) == (0, 12)


def test_a_single_row_of_a_class_teaches_nothing_and_counts_for_nothing():
    """It helps as much as the mean of its class, whatever it does: Adam must not go on by its momentum either."""
    learned = policies()
    learn_training_time(learned, torch.rand(6), drawn(6), torch.zeros(6, dtype=torch.long), SIZES, (0.1, 0.05))
    before = learned.of(0).logits.detach().clone()
    learn_training_time(learned, torch.rand(2), drawn(2, 1), torch.tensor([0, 1]), SIZES, (0.1, 0.05))
    assert torch.equal(learned.of(0).logits, before)
    assert (learned.of(0).rows, learned.of(1).rows, learned.of(1).reach) == (6, 0, 0.0)


def test_rows_that_help_alike_teach_nothing():
    learned = policies()
    helpful, kind = torch.tensor([2.0, 2.0, -1.0, -1.0]), torch.tensor([0, 0, 1, 1])
    learn_training_time(learned, helpful, drawn(4), kind, SIZES, (0.1, 0.05))
    for place in range(2):
        torch.testing.assert_close(learned.of(place).logits, learned.of(place).start, atol=0, rtol=0)


def test_what_is_forbidden_stays_so_and_the_rest_is_finite():
    learned = policies()
    for step in range(5):
        kind = torch.tensor([0, 1] * 4)
        learn_training_time(learned, torch.randn(8), drawn(8, step), kind, SIZES, (0.1, 0.05))
    for place in range(2):
        logits = learned.of(place).logits
        assert logits[2] == -torch.inf
        assert logits[[0, 1, 3, 4]].isfinite().all()


def test_no_logit_moves_farther_than_its_reach():
    learned, rate = policies(), 0.05
    for step in range(40):
        kind = torch.tensor([0, 1] * 4)
        learn_training_time(learned, torch.randn(8), drawn(8, step), kind, SIZES, (0.1, rate))
    policy = learned.of(0)
    assert policy.reach == pytest.approx(40 * rate)
    moved = (policy.logits - policy.start)[[0, 1, 3, 4]].abs().max()
    assert 0 < moved <= 1.1 * policy.reach  # Adam's first steps may be a little longer than its rate


def test_the_option_of_rows_that_help_rises_within_its_group():
    learned = policies(("all",))
    option = torch.tensor([[0, 0], [1, 0], [0, 1], [1, 1]])
    soft = torch.tensor([[0.6, 0.4, 0.0, 0.5, 0.5]] * 4)
    kind = torch.zeros(4, dtype=torch.long)
    helpful = torch.tensor(
        [-1.0, 1.0, -1.0, 1.0]
    )  # the second option of the first group helps; the other group is even
    learn_training_time(learned, helpful, Drawn(option, soft), kind, SIZES, (0.1, 0.05))
    moved = learned.of(0).logits - learned.of(0).start
    assert moved[1] > 0 > moved[0]
    assert not moved[3:].any()


@pytest.mark.parametrize("updates", [1, 5, 8, 100, 1024])
def test_snapshots_are_nine_from_the_start_to_the_end(updates):
    policy = Policy(torch.zeros(3))
    for update in range(1, updates + 1):
        policy.remember(update, updates)
    moments = [update for update, _ in policy.snapshots]
    assert moments[0] == 0
    assert moments[-1] == updates
    assert len(moments) == min(updates + 1, SNAPSHOTS)
    assert moments == sorted(set(moments))


def test_what_a_difference_is_taken_of_is_not_rounded_by_tf32(make_batch):
    allowed, seen = torch.backends.cudnn.allow_tf32, []
    batch, network = make_batch(rows=2), torch.nn.Conv2d(1, 1, 1)

    def losses(forward):
        seen.append(torch.backends.cudnn.allow_tf32)
        return forward(batch.image).flatten(1).mean(1)

    gradients = [torch.ones_like(weight) for weight in network.parameters()]
    helps(network, gradients, 0.01, losses, lambda forward: losses(forward).sum(), "difference")
    assert seen == [False] * 3
    assert torch.backends.cudnn.allow_tf32 == allowed
