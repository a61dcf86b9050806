import pytest
import torch
from torch.nn import functional as F

from segaug.augment.policy.chain import recoloured
from segaug.augment.policy.intensity import statistics
from segaug.augment.policy.operations import flip_ids, operations, tables
from segaug.augment.policy.test_time import (
    STARTS,
    TestTimePolicy,
    flips,
    forward,
    inverse,
    most_probable,
    start,
)
from segaug.errors import ConfigError
from segaug.rng import stream

ALL = torch.arange(64)
EXACT, WARPS = (rows.nonzero()[:, 0] for rows in (tables(2).exact, tables(2).warps))
SIDE = 40


def images(rows=1, size=(SIDE, SIDE), channels=2):
    coarse = torch.rand(rows, channels, *(n // 8 for n in size), generator=stream(0, "image"))
    return F.interpolate(coarse, size=size, mode="bilinear" if len(size) == 2 else "trilinear")


def each(ids, **kwargs):
    return images(**kwargs).expand(len(ids), *[-1] * 3).contiguous()


def model(image):
    """Logits that no transformation commutes with."""
    row, column = torch.linspace(0, 1, image.shape[2])[:, None], torch.linspace(0, 2, image.shape[3])
    return torch.stack([image.sum(1) * row, image[:, 0] - column], dim=1)


def test_mirrors_and_turns_are_torchs_own_and_their_inverse_is_exact():
    x = each(EXACT)
    changed = forward(x, EXACT, stream(1))
    names = [operations(2)[number].name for number in EXACT.tolist()]
    assert names == ["mirror_rows", "mirror_columns", "rotation 90", "rotation -90", "rotation 180"]
    expected = [x.flip(2)[0], x.flip(3)[1], x.rot90(-1, (2, 3))[2], x.rot90(1, (2, 3))[3], x.flip((2, 3))[4]]
    assert torch.equal(changed, torch.stack(expected))
    back, votes = inverse(changed, EXACT)
    assert torch.equal(back, x)
    assert votes.all()


@pytest.mark.parametrize("size", [(SIDE, SIDE), (37, 50)])
def test_every_flip_is_an_involution(size):
    ids = torch.tensor(flip_ids(2))
    x = images(len(ids), size)
    assert torch.equal(forward(forward(x, ids, stream(1)), ids, stream(1)), x)


def test_flips_of_volumes_are_exact():
    ids = torch.tensor([number for number in range(84) if tables(3).exact[number]])
    x = images(len(ids), (16, 16, 16))
    back, votes = inverse(forward(x, ids, stream(1)), ids)
    assert torch.equal(back, x)
    assert votes.all()


@pytest.mark.parametrize("size", [(SIDE, SIDE), (41, 56)])
def test_scale_and_rotation_come_back_where_there_is_a_vote(size):
    x = images(len(WARPS), (size[0] // 8 * 8, size[1] // 8 * 8))
    back, votes = inverse(forward(x, WARPS, stream(1)), WARPS)
    error = ((back - x).abs() * votes)[..., 2:-2, 2:-2]  # at the edge of the image black is mixed in
    assert error.max() < 0.12
    assert error.flatten(1).mean(1).max() < 0.01
    shares = votes.double().mean((1, 2, 3))
    larger = torch.tensor([operations(2)[n].name.startswith("scale") and not operations(2)[n].backward for n in WARPS])
    assert (shares[larger] == 1).all()  # more was shown, so nothing is lost
    assert (shares[~larger] < 1).all()
    torch.testing.assert_close(shares[9], torch.tensor(1 / 1.45**2).double(), atol=0.06, rtol=0)


def test_warped_images_are_those_of_training():
    """As the shared warp shows them, with black outside."""
    rotated = forward(images(channels=1), torch.tensor([15]), stream(1))
    assert rotated[0, 0, 0, 0] == 0
    assert rotated[0, 0, SIDE // 2, SIDE // 2] > 0


def test_grey_values_change_as_in_training_and_logits_stay():
    ids = torch.arange(22, 64)
    x = images(len(ids))
    changed = forward(x, ids, stream(2))
    seeds = torch.randint(2**62, (len(ids),), generator=stream(2))
    table = tables(2)
    assert torch.equal(changed, recoloured(x, table.option[ids], table.strength[ids], statistics(x), seeds, 2))
    assert (changed != x).flatten(1).any(1).all()
    back, votes = inverse(changed, ids)
    assert torch.equal(back, changed)
    assert votes.all()


def test_noise_alone_is_random():
    x = each(ALL)
    one, other = (forward(x, ALL, stream(seed)) for seed in (1, 2))
    differ = (one != other).flatten(1).any(1)
    assert [operations(2)[n].name.split()[0] for n in differ.nonzero()[:, 0].tolist()] == ["noise"] * 3


def test_a_row_does_not_depend_on_the_others():
    x = images(len(ALL))
    together = forward(x, ALL, stream(3))
    reversed_ = forward(x.flip(0), ALL.flip(0), stream(3)).flip(0)
    quiet = torch.tensor([not each.name.startswith("noise") for each in operations(2)])
    torch.testing.assert_close(together[quiet], reversed_[quiet], atol=1e-6, rtol=0)


def test_all_weight_on_the_identity_is_the_model_bit_for_bit():
    x = images(5)
    for policy in (TestTimePolicy((0,), (1.0,)), TestTimePolicy((5, 0, 17), (0.0, 0.4, 0.0))):
        assert torch.equal(policy.predict(model, x), model(x))


def test_logits_are_averaged_by_their_weights():
    x = images(3)
    policy = TestTimePolicy((0, 18, 20), (0.5, 0.3, 0.2))
    turned_back = model(x.rot90(1, (2, 3))).rot90(-1, (2, 3))
    expected = 0.5 * model(x) + 0.3 * model(x.flip(3)).flip(3) + 0.2 * turned_back
    torch.testing.assert_close(policy.predict(model, x), expected, atol=1e-6, rtol=1e-6)
    twice = TestTimePolicy(policy.ids, (1.0, 0.6, 0.4))
    torch.testing.assert_close(twice.predict(model, x), expected, atol=1e-6, rtol=1e-6)


def test_weights_count_among_those_that_vote():
    x, ids = images(1), (0, 10, 14)
    policy = TestTimePolicy(ids, (0.2, 0.5, 0.3))
    found = policy.predict(model, x)
    rows = torch.tensor(ids)
    logits, votes = inverse(model(forward(x.expand(3, -1, -1, -1), rows, stream(1))), rows)
    for i, j in ((0, 0), (SIDE // 2, SIDE // 2), (3, 20)):
        weights = torch.tensor(policy.weights) * votes[:, 0, i, j]
        expected = (weights[:, None] * logits[:, :, i, j]).sum(0) / weights.sum()
        torch.testing.assert_close(found[0, :, i, j], expected, atol=1e-5, rtol=1e-5)
    assert not votes[1, 0, 0, 0]


def test_where_nobody_votes_the_nearest_answers_count():
    found = TestTimePolicy((10,), (1.0,)).predict(model, images(1))
    assert found.isfinite().all()


def test_an_image_is_predicted_alike_beside_others_in_batches_of_a_bounded_size():
    x, rows = images(40), []

    def counting(image):
        rows.append(len(image))
        return model(image)

    policy = TestTimePolicy(tuple(range(64)), (1 / 64,) * 64)
    few = TestTimePolicy((0, 5, 17, 59), (0.25,) * 4)
    for each_policy in (policy, few):
        together = each_policy.predict(counting, x)
        torch.testing.assert_close(each_policy.predict(model, x[7:8]), together[7:8], atol=1e-5, rtol=1e-5)
    assert max(rows) == 64
    assert sum(rows) == 40 * 68


def test_a_quarter_turn_of_an_oblong_image_is_refused():
    with pytest.raises(ConfigError, match=r"dataset\.size: images of 40 x 56 pixels cannot be turned by 90 degrees"):
        forward(images(1, (40, 56)), torch.tensor([19]), stream(1))


def test_the_heuristic_is_all_flips_alike():
    assert flips(2) == TestTimePolicy((0, 17, 18, 21), (0.25,) * 4)
    assert flips(3).ids == (0, 29, 30, 31, 34, 37, 40, 83)


@pytest.mark.parametrize("axes", [2, 3])
@pytest.mark.parametrize("name", STARTS)
def test_starts_are_the_published_ones(name, axes):
    probabilities = start(name, axes)
    assert probabilities.sum().item() == pytest.approx(1)
    assert probabilities.argmax() == 0
    if axes == 3:
        chosen = {
            "flips": dict.fromkeys(flip_ids(3), 0.1),
            "identity_flips": {0: 0.5} | dict.fromkeys(flip_ids(3)[1:], 0.05),
            "mirrors": dict.fromkeys((0, 29, 30, 31), 0.2),
            "identity_mirrors": {0: 0.5, 29: 0.1, 30: 0.1, 31: 0.1},
            "left_right": {0: 0.4, 29: 0.4},
        }[name]
        rest = (1 - sum(chosen.values())) / (84 - len(chosen))
        assert probabilities.tolist() == pytest.approx([chosen.get(n, rest) for n in range(84)])
    elif name == "flips":
        assert probabilities.tolist() == pytest.approx([0.2 if n in (0, 17, 18, 21) else 0.2 / 60 for n in range(64)])


def test_the_most_probable_are_weighted_by_their_probabilities():
    policy = most_probable(start("flips", 2).log(), 4)
    assert policy.ids == (0, 17, 18, 21)
    assert policy.weights == pytest.approx((0.25,) * 4)
    logits = torch.zeros(64)
    logits[[9, 3]] = torch.tensor([2.0, 1.0])
    policy = most_probable(logits, 3)
    assert policy.ids == (9, 3, 0)
    assert policy.weights == pytest.approx(torch.tensor([2.0, 1.0, 0.0]).softmax(0).tolist())
