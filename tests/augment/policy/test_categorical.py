from math import inf

import torch

from segaug.augment.policy.categorical import chosen, draw, gumbel
from segaug.augment.policy.options import sizes
from segaug.augment.policy.starts import forbidden, logits_of, start
from segaug.rng import stream

SIZES = sizes(2)


def logits(rows: int) -> torch.Tensor:
    return logits_of(forbidden(start("nnunet", 2), ["rotation/25"], 2)).expand(rows, -1)


def test_options_are_drawn_as_often_as_the_softmax_says():
    rows = 20_000
    drawn = draw(logits(rows), SIZES, stream(0, "draw"))
    for number, part in enumerate(logits(1)[0].split(SIZES)):
        expected = part.softmax(0)
        found = drawn.option[:, number].bincount(minlength=len(part)) / rows
        error = (expected * (1 - expected) / rows).sqrt()
        assert ((found - expected).abs() <= 4.5 * error).all()  # a forbidden option never


def test_the_option_drawn_is_the_largest_of_the_soft_choice_and_the_noise_says_so():
    drawn = draw(logits(50), SIZES, stream(1, "draw"))
    for number, part in enumerate(drawn.soft.split(SIZES, dim=1)):
        torch.testing.assert_close(part.sum(1), torch.ones(50))
        assert torch.equal(part.argmax(1), drawn.option[:, number])
    again = chosen(logits(50), SIZES, gumbel((50, sum(SIZES)), stream(1, "draw")))
    assert torch.equal(again.option, drawn.option)
    assert torch.equal(again.soft, drawn.soft)


def test_the_weight_of_what_was_drawn_has_the_value_1_and_the_published_gradient():
    """dw/dp_j = s_j* (delta_jj* - s_j) for w = s_j* + stopgrad(1 - s_j*)."""
    p = logits(1)[0, : SIZES[0]].double().requires_grad_()
    noise = gumbel((1, SIZES[0]), stream(2, "draw")).double()
    drawn = chosen(p[None], SIZES[:1], noise)
    s, best = drawn.soft[0], drawn.option[0, 0]
    weight = s[best] + (1 - s[best]).detach()
    assert weight == 1
    (gradient,) = torch.autograd.grad(weight, p)
    kronecker = torch.zeros_like(s)
    kronecker[best] = 1
    torch.testing.assert_close(gradient, (s[best] * (kronecker - s)).detach())


def test_a_row_is_drawn_alike_whatever_the_others_are():
    many = draw(logits(9), SIZES, stream(3, "draw"))
    changed = logits(9).clone()
    changed[[0, 1, 8]] = changed[[0, 1, 8]].flip(1)
    other = draw(changed, SIZES, stream(3, "draw"))
    assert torch.equal(other.option[2:8], many.option[2:8])
    few = draw(logits(4), SIZES, stream(3, "draw"))
    assert torch.equal(few.option, many.option[:4])


def test_a_group_moves_no_other_one():
    changed = logits(20).clone()
    changed[:, : SIZES[0]] = torch.tensor([-inf, 0, 0, 0, 0, 0])
    one, other = (draw(each, SIZES, stream(4, "draw")).option for each in (logits(20), changed))
    assert torch.equal(one[:, 1:], other[:, 1:])
    assert (other[:, 0] != 0).all()


def test_noise_is_finite_and_of_the_gumbel_law():
    noise = gumbel((200_000,), stream(5, "draw"))
    assert noise.isfinite().all()
    assert abs(noise.mean() - 0.5772) < 0.01
    assert abs(noise.var() - torch.pi**2 / 6) < 0.03
