from dataclasses import replace

import pytest
import torch

from segaug.augment.augment import augment
from segaug.augment.mixture import Mixture, dirichlet
from segaug.augment.momenta import momenta_of
from segaug.augment.regda import RegDA
from segaug.data.task import Split, Task
from segaug.deform.jacobian import min_jacobian
from segaug.errors import ConfigError
from segaug.experiment.planned.allowed import allowed_data
from segaug.form import Form
from segaug.image_hash import image_hash
from segaug.registration.maps import displacement_px
from segaug.rng import stream
from tests.augment.learned import context, hearts

EXTERNAL = 6


def rng(*names):
    return stream(5, *names)


@pytest.fixture(scope="module")
def learned():
    """A context of three training images and six external ones; what it obtains is kept."""
    return context(hearts(3, seed=1), hearts(EXTERNAL, seed=2).image)


@pytest.fixture(scope="module")
def momenta(learned):
    return RegDA().prepare(learned)


def field_px(regda, batch, momenta, *names):
    return regda.displacement_px(batch, regda.sample(batch, momenta, rng(*names)), momenta).dense_px()


# What is drawn


def test_external_images_of_a_row_are_distinct_and_equally_likely():
    chosen = RegDA().mixtures(4000, EXTERNAL, rng("mixture")).chosen
    assert all(len(set(row)) == 3 for row in chosen.tolist())
    share = torch.bincount(chosen.flatten(), minlength=EXTERNAL) / 4000
    torch.testing.assert_close(share, torch.full_like(share, 3 / EXTERNAL), atol=0.04, rtol=0)  # 5 standard errors


@pytest.mark.parametrize("concentration", [0.05, 0.3, 1.0, 4.0])
@pytest.mark.parametrize("n", [2, 3])
def test_weights_have_the_moments_of_the_dirichlet_law(concentration, n):
    weights = dirichlet(concentration, (20_000, n), rng("weights")).double()
    assert (weights >= 0).all()
    torch.testing.assert_close(weights.sum(1), torch.ones(20_000).double(), atol=1e-6, rtol=0)
    variance = (n - 1) / n**2 / (n * concentration + 1)
    want = variance * (torch.eye(n) * n - 1) / (n - 1)  # covariances are -variance / (n - 1)
    torch.testing.assert_close(weights.T.cov(), want.double(), atol=0.05 * variance, rtol=0)
    torch.testing.assert_close(weights.mean(0), torch.full((n,), 1 / n).double(), atol=0.01, rtol=0)


def test_equal_weights_of_two_are_uniform():
    share = dirichlet(1.0, (20_000, 2), rng("weights"))[:, 0]
    bins = torch.histc(share, bins=10, min=0, max=1) / 20_000
    torch.testing.assert_close(bins, torch.full((10,), 0.1), atol=0.01, rtol=0)


def test_time_is_exact_by_default_and_uniform_when_asked():
    assert (RegDA().mixtures(50, EXTERNAL, rng("mixture")).time == 1).all()
    time = RegDA(min_time=0.5, max_time=1.5).mixtures(4000, EXTERNAL, rng("mixture")).time
    assert 0.5 <= time.min() < 0.51
    assert 1.49 < time.max() <= 1.5
    assert time.mean().item() == pytest.approx(1, abs=0.02)


# What is done with it


def test_a_weight_of_one_gives_the_stored_registration_bit_for_bit(learned, momenta):
    regda, batch, external = RegDA(), learned.subset, learned.allowed.external
    onto = torch.tensor([4, 0, 5])
    mixture = Mixture(torch.stack([onto, (onto + 1) % 6, (onto + 2) % 6], 1), torch.eye(3)[[0, 0, 0]], torch.ones(3))
    fields = regda.displacement_px(batch, mixture, momenta).dense_px()
    for i, artefact in enumerate(regda.artefacts(learned)):
        stored = momenta_of(learned.obtain(artefact), [image_hash(external[onto[i]])])
        modes = regda.lddmm.modes(batch.image.shape[2:])
        # Rows of one batch: a matrix product of another number of rows rounds differently.
        alone = displacement_px(stored.expand(3, -1, -1, -1), modes, modes.size)[0]
        assert torch.equal(fields[i], alone)


def test_the_order_of_the_external_images_does_not_matter(learned, momenta):
    regda, batch = RegDA(), learned.subset
    mixture = regda.sample(batch, momenta, rng("mixture"))
    turned = replace(mixture, chosen=mixture.chosen.roll(1, 1), weights=mixture.weights.roll(1, 1))
    fields, same = (regda.displacement_px(batch, one, momenta).dense_px() for one in (mixture, turned))
    assert fields.abs().max() > 1
    torch.testing.assert_close(same, fields, atol=1e-4, rtol=0)


def test_an_image_finds_its_momenta_wherever_it_stands_in_a_batch(learned, momenta):
    regda, batch = RegDA(), learned.subset
    mixture = regda.sample(batch, momenta, rng("mixture"))
    fields = regda.displacement_px(batch, mixture, momenta).dense_px()
    order = torch.tensor([2, 0, 1])
    turned = Mixture(*(getattr(mixture, name)[order] for name in ("chosen", "weights", "time")))
    again = regda.displacement_px(batch.rows(order), turned, momenta).dense_px()
    torch.testing.assert_close(again, fields[order], atol=1e-4, rtol=0)
    assert (fields[0] - fields[1]).abs().max() > 0.5


def test_time_zero_is_the_identity_bit_for_bit(learned, momenta):
    still = RegDA(min_time=0, max_time=0)
    assert (field_px(still, learned.subset, momenta, "still") == 0).all()
    after = augment((still,), momenta, learned.subset, rng)
    assert torch.equal(after.image, learned.subset.image)
    assert torch.equal(after.label, learned.subset.label)


def test_the_baseline_runs_after_it():
    regda = RegDA()
    assert regda.stages() == (regda, regda.baseline)


# Folds


def test_no_field_is_more_strained_than_the_guard_allows_however_wild(learned, momenta):
    batch = learned.subset.rows(torch.arange(48) % 3)
    wild = RegDA(min_time=-4, max_time=4)
    free = min_jacobian(field_px(replace(wild, min_jacobian=None), batch, momenta, "wild"))
    kept = min_jacobian(field_px(wild, batch, momenta, "wild"))
    assert (~(free >= 0.05)).sum() > 5
    assert (kept >= 0.05).all()


def test_the_guard_leaves_the_bits_of_rows_that_need_none(learned, momenta):
    batch = learned.subset.rows(torch.arange(48) % 3)
    wild = RegDA(min_time=-4, max_time=4)
    free = field_px(replace(wild, min_jacobian=None), batch, momenta, "wild")
    kept = field_px(wild, batch, momenta, "wild")
    fine = min_jacobian(free) >= 0.05
    assert 5 < fine.sum() < 43
    assert torch.equal(kept[fine], free[fine])
    assert not torch.isclose(kept[~fine], free[~fine]).all((1, 2, 3)).any()


# What is learned


def test_registration_makes_nearly_all_pairs_more_alike(learned):
    facts = [learned.obtain(artefact).facts for artefact in RegDA().artefacts(learned)]
    before = torch.tensor([fact["before"] for fact in facts])
    after = torch.tensor([fact["after"] for fact in facts])
    assert before.shape == (3, EXTERNAL)
    assert (after < before).float().mean() >= 0.95
    assert after.mean() < 0.6 * before.mean()


def test_an_image_has_the_same_artefact_in_every_subset(learned):
    names = [artefact.name for artefact in RegDA().artefacts(learned)]
    one = replace(learned, subset=learned.subset.rows(slice(1, 2)))
    assert [artefact.name for artefact in RegDA().artefacts(one)] == names[1:2]
    assert len(set(names)) == 3


def test_external_masks_are_never_read(learned):
    images, external = learned.subset, learned.allowed.external
    names, spacing = tuple("abcdefghi"), torch.ones(9, 2)
    split = Split(test=(), validation=(), external=tuple(range(3, 9)), pool=(0, 1, 2))
    found = []
    for mask in (float("nan"), 7.0):
        label = torch.cat([images.label, torch.full_like(external, mask)])
        everything = torch.cat([images.image, external])
        form = Form(channels=1, structures=("a",), size=tuple(everything.shape[2:]))
        task = Task(everything, label, spacing, torch.zeros(9), form, names, names, split, "hash")
        handed = allowed_data(RegDA(), task, (0, 1, 2), None)
        found.append(RegDA().prepare(replace(learned, subset=task.batch([0, 1, 2]), allowed=handed)).momentum)
    assert torch.equal(*found)
    assert torch.equal(found[0], RegDA().prepare(learned).momentum)


def test_all_external_images_are_used_or_as_many_as_asked_evenly_spaced(learned):
    images = learned.allowed.external
    assert torch.equal(RegDA().external_images(learned.allowed), images)
    assert torch.equal(RegDA(external=3).external_images(learned.allowed), images[[0, 2, 4]])
    few = replace(learned, subset=learned.subset.rows(slice(0, 1)))
    assert RegDA(external=4).prepare(few).momentum.shape == (1, 4, 2, 17, 17)


# Bad input


@pytest.mark.parametrize("external", [None, 0, 2])
def test_too_few_external_images_are_refused(learned, external):
    images = None if external is None else learned.allowed.external[:external]
    without = replace(learned, allowed=replace(learned.allowed, external=images))
    with pytest.raises(ConfigError) as error:
        RegDA().prepare(without)
    assert str(error.value) == (
        "augment.external in conf/augment/regda.yaml: wants at least 3 external images, but the split of this data set "
        f"sets {external or 0} aside; raise dataset.split.external_share and max_external, or mix fewer"
    )


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"mixed": 0}, "augment.mixed in conf/augment/regda.yaml: got 0; mix at least 1"),
        ({"external": 2}, "augment.external in conf/augment/regda.yaml: got 2 with mixed 3; use external >= mixed"),
        ({"concentration": 0}, "augment.concentration in conf/augment/regda.yaml: got 0; use 0.05 or more"),
        ({"min_time": 1.2}, "augment.min_time in conf/augment/regda.yaml: got 1.2 with max_time 1.0"),
        ({"max_time": 5}, "got 1.0 with max_time 5; use -4 <= min_time <= max_time <= 4"),
        ({"min_time": -5}, "augment.min_time in conf/augment/regda.yaml: got -5 with max_time 1.0"),
        ({"min_jacobian": 0}, "augment.min_jacobian in conf/augment/regda.yaml: got 0; use a determinant between"),
        ({"p": -1}, "augment.p: got -1"),
    ],
)
def test_a_wrong_option_is_refused(option, message):
    with pytest.raises(ConfigError) as error:
        RegDA(**option)
    assert message in str(error.value)
