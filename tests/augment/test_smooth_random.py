from dataclasses import replace

import pytest
import torch

from segaug.augment.mixture import mixed_momentum
from segaug.augment.regda import RegDA
from segaug.augment.smooth_random import SmoothRandom
from segaug.augment.spectrum import matched, power, rms_px
from segaug.deform.jacobian import min_jacobian
from segaug.errors import ConfigError
from segaug.registration.maps import displacement_px
from segaug.registration.modes import Modes
from segaug.rng import stream
from tests.augment.learned import context, hearts

EXTERNAL = 5
SIZE = (32, 24)
MODES = Modes(SIZE)
DRAWS = 600


def rng(*names):
    return stream(5, *names)


@pytest.fixture(scope="module")
def external():
    return hearts(EXTERNAL, SIZE, seed=2).image


@pytest.fixture(scope="module")
def made():
    return {}


@pytest.fixture(scope="module")
def learned(external, made):
    return context(hearts(3, SIZE, seed=1), external, made)


@pytest.fixture(scope="module")
def spectrum(learned):
    return learned.obtain(SmoothRandom().artefacts(learned)[-1])


@pytest.fixture(scope="module")
def deviation(learned):
    return SmoothRandom().prepare(learned)


@pytest.fixture(scope="module")
def regda_momenta(external, made):
    """Momenta of mixtures as RegDA itself draws them, for each external image as if it were a training image."""
    found = []
    for i in range(EXTERNAL):
        others = torch.cat([external[:i], external[i + 1 :]])
        subset = hearts(1, SIZE)
        handed = context(replace(subset, image=external[i : i + 1]), others, made)
        momenta = RegDA().prepare(handed)
        batch = handed.subset.rows(torch.zeros(DRAWS // EXTERNAL, dtype=torch.long))
        mixture = RegDA().sample(batch, momenta, rng("regda", i))
        found.append(mixed_momentum(momenta.of(batch.index, mixture.chosen), mixture))
    return torch.stack(found)


def drawn(deviation, *names):
    """Momenta of the control."""
    batch = hearts(1, SIZE).rows(torch.zeros(DRAWS, dtype=torch.long))
    return deviation * SmoothRandom().sample(batch, deviation, rng(*names))


# The spectrum


@pytest.mark.parametrize("phases", [(2, 3), (2, 8 + 3), (8 + 2, 3), (8 + 2, 8 + 3)], ids=["cc", "cs", "sc", "ss"])
def test_power_goes_to_its_wave_numbers_whatever_the_phase(phases):
    momenta = torch.zeros(1, *MODES.shape)
    momenta[0, 1, phases[0], phases[1]] = 6.0
    of_modes = power(momenta)
    assert of_modes.shape == (2, 9, 9)
    assert of_modes[1, 2, 3] == 9.0  # 36 over four phases
    assert of_modes.sum() == 9.0


def test_the_power_of_matched_draws_is_the_power_asked_for():
    momenta = torch.randn(4000, *MODES.shape, generator=rng("given")) * torch.rand(2, 17, 17, generator=rng("size"))
    found = matched(momenta[:64] / 40, MODES, None, rng("draws"))
    again = power(found.deviation() * torch.randn(4000, *MODES.shape, generator=rng("again")))
    torch.testing.assert_close(again, found.scale**2 * found.power, rtol=0.15, atol=0)


@pytest.mark.slow
def test_the_power_by_wave_number_is_regdas(spectrum, deviation, regda_momenta):
    ours = power(drawn(deviation, "power")) / spectrum.tensors["scale"] ** 2
    theirs = power(regda_momenta.flatten(0, 1))
    assert (ours - theirs).norm() < 0.1 * theirs.norm()
    total = (ours.sum() / theirs.sum()).item()
    assert total == pytest.approx(1, abs=0.05)


def test_the_rms_displacement_is_regdas(spectrum, deviation, regda_momenta):
    draws = drawn(deviation, "rms")
    ours = rms_px(draws * deviation / draws.square().mean(0).sqrt(), MODES, 0.05)  # without chance in the amplitude
    theirs = rms_px(regda_momenta.flatten(0, 1), MODES, 0.05)
    assert ours > 0.5
    assert ours == pytest.approx(theirs, rel=0.03)
    assert spectrum.facts["rms_px"] == pytest.approx(spectrum.facts["regda_rms_px"], rel=0.002)
    assert spectrum.facts["pairs"] == EXTERNAL * (EXTERNAL - 1)


def test_half_the_time_is_about_half_the_displacement(learned, spectrum):
    half = SmoothRandom(min_time=0.5, max_time=0.5)
    facts = learned.obtain(half.artefacts(learned)[-1]).facts
    assert facts["rms_px"] == pytest.approx(spectrum.facts["rms_px"] / 2, rel=0.1)


# No anatomy


def test_the_velocity_has_the_same_variance_at_every_pixel(deviation, regda_momenta):
    def variance(of_modes):
        rows, columns = (MODES.basis(axis, SIZE[axis], of_modes) for axis in (0, 1))
        root = MODES.root_kernel(of_modes)
        return rows.square() @ (root.square() * of_modes) @ columns.square().T

    ours, theirs = deviation.square(), regda_momenta.flatten(0, 1).square().mean(0)
    flat = variance(ours)
    assert (flat.std((1, 2)) < 1e-4 * flat.mean((1, 2))).all()
    theirs[:, 0, 0] = 0  # a translation, equal everywhere, would hide the rest
    bumpy = variance(theirs)
    assert (bumpy.std((1, 2)) > 0.1 * bumpy.mean((1, 2))).all()


def test_the_displacement_has_nearly_the_same_variance_at_every_pixel(deviation):
    fields = displacement_px(drawn(deviation, "flat"), MODES, SIZE)
    variance = fields.square().mean(0)
    relative = variance / variance.mean((1, 2), keepdim=True)
    assert relative.min() > 0.7
    assert relative.max() < 1.4


def test_momenta_know_nothing_of_an_image(deviation, regda_momenta):
    for i in range(EXTERNAL):
        towards = regda_momenta[i].mean(0)
        theirs, ours = ((m * towards).sum((1, 2, 3)) for m in (regda_momenta[i], drawn(deviation, "anatomy")))
        error = ours.std() / DRAWS**0.5
        assert ours.mean().abs() < 4 * error
        assert theirs.mean() > 10 * error


def test_no_training_image_and_no_seed_enters(learned, external, made, spectrum):
    momenta = {name: content for name, content in made.items() if name.startswith("momenta")}
    other = context(hearts(5, SIZE, seed=9), external, momenta)
    other = replace(other, rng=lambda *names: stream(99, *names))
    artefact = SmoothRandom().artefacts(other)[-1]
    assert artefact.name == SmoothRandom().artefacts(learned)[-1].name
    assert torch.equal(other.obtain(artefact).tensors["deviation"], spectrum.tensors["deviation"])
    assert len(momenta) == EXTERNAL + 1  # nothing but the spectrum was made


# What decides the spectrum


def test_its_name_follows_regdas_options_and_nothing_else(learned):
    def name(**options):
        return SmoothRandom(**options).artefacts(learned)[-1].name

    assert name() == name(p=0.5) == name(external=20)
    different = [{}, {"mixed": 2}, {"concentration": 2.0}, {"max_time": 1.5}, {"external": 4}, {"min_jacobian": None}]
    assert len({name(**options) for options in different}) == len(different)


def test_it_is_listed_after_the_momenta_that_it_is_made_from(learned):
    kinds = [artefact.kind for artefact in SmoothRandom().artefacts(learned)]
    assert kinds == ["momenta"] * EXTERNAL + ["spectrum"]


def test_images_that_need_no_deformation_give_none(external):
    same = context(hearts(2, SIZE), external[:1].expand(5, -1, -1, -1))
    deviation = SmoothRandom().prepare(same)
    assert (deviation == 0).all()


# Fields


def test_no_field_is_more_strained_than_the_guard_allows(deviation):
    batch = hearts(1, SIZE).rows(torch.zeros(64, dtype=torch.long))
    normal = SmoothRandom().sample(batch, deviation, rng("wild"))
    wild = torch.linspace(1, 4, 64).view(-1, 1, 1, 1) * normal
    free = SmoothRandom(min_jacobian=None).displacement_px(batch, wild, deviation).dense_px()
    assert (~(min_jacobian(free) >= 0.05)).sum() > 5
    assert (min_jacobian(SmoothRandom().displacement_px(batch, wild, deviation).dense_px()) >= 0.05).all()


def test_the_baseline_runs_after_it():
    control = SmoothRandom()
    assert control.stages() == (control, control.baseline)


def test_one_external_image_more_than_mixed_is_needed(learned, external):
    few = replace(learned, allowed=replace(learned.allowed, external=external[:3]))
    with pytest.raises(ConfigError) as error:
        SmoothRandom().prepare(few)
    message = "augment.external in conf/augment/smooth_random.yaml: wants at least 4 external images, but"
    assert message in str(error.value)
    with pytest.raises(ConfigError, match=r"augment.mixed in conf/augment/smooth_random.yaml: got 0"):
        SmoothRandom(mixed=0)
