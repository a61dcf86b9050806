import pytest
import torch

from segaug.augment.augment import augment
from segaug.augment.policy.options import groups, place
from segaug.augment.policy.starts import logits_of
from segaug.augment.policy_fixed import Fixed
from segaug.augment.trivialaugment import TrivialAugment
from segaug.errors import ConfigError
from segaug.rng import stream

ROWS = 13_000


def params_of(make_batch, **options):
    strategy = TrivialAugment(**options)
    prepared = Fixed(logits_of(strategy.probabilities(2)), None)
    return strategy.sample(make_batch(rows=ROWS, size=(2, 2)), prepared, stream(0, "trivial"))


def test_each_image_has_one_operation_or_none_with_equal_chance(make_batch):
    acting = params_of(make_batch).drawn.option != 0
    assert set(acting.sum(1).tolist()) == {0, 1}
    shares = torch.cat([acting.double().mean(0), (~acting.any(1)).double().mean()[None]])
    assert shares.tolist() == pytest.approx([1 / 13] * 13, abs=4.5 * (1 / 13 / ROWS) ** 0.5)


@pytest.mark.parametrize(("name", "top"), [("gamma", 0.6), ("contrast", 0.3), ("noise", 0.15), ("scale", 0.5)])
def test_magnitudes_are_uniform_over_the_whole_range_of_a_group(make_batch, name, top):
    params, number = params_of(make_batch), place(2)[name]
    strength = params.strength[params.drawn.option[:, number] != 0, number]
    if groups(2)[number].law == "factor":
        strength = torch.where(strength < 1, 1 / strength, strength) - 1
    counts = torch.histc(strength, 6, 0, top) / len(strength)
    assert counts.tolist() == pytest.approx([1 / 6] * 6, abs=4.5 * (1 / 6 / len(strength)) ** 0.5)


def test_what_is_forbidden_is_never_drawn_and_leaves_its_chance_to_the_others(make_batch):
    acting = params_of(make_batch, forbid=["mirror_columns", "rotation/90", "noise"]).drawn.option
    at = place(2)
    assert (acting[:, [at["mirror_columns"], at["noise"]]] == 0).all()
    assert set(acting[:, at["rotation"]].tolist()) == {0, 1, 2, 3}
    share = (acting[:, at["gamma"]] != 0).double().mean().item()
    assert share == pytest.approx(1 / 11, abs=4.5 * (1 / 11 / ROWS) ** 0.5)


def test_images_that_drew_nothing_keep_their_bits(make_batch):
    batch, strategy = make_batch(rows=300, size=(12, 12)), TrivialAugment()
    prepared = Fixed(logits_of(strategy.probabilities(2)), None)
    changed = augment(strategy.stages(), prepared, batch, lambda *names: stream(1, *names))
    same = (changed.image == batch.image).flatten(1).all(1)
    assert 300 / 13 * 0.4 < same.sum() < 300 / 13 * 2


def test_an_identity_cannot_be_forbidden():
    with pytest.raises(ConfigError, match="scale/identity"):
        TrivialAugment(forbid=["scale/identity"])
