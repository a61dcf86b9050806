import math
from dataclasses import replace
from functools import cache, partial
from itertools import pairwise

import pytest
import torch

from segaug.augment.artefact import quiet
from segaug.augment.augment import apply, draw
from segaug.augment.task_driven.joint_phase import JointData, JointPhase, run
from segaug.augment.task_driven.networks import LATENT, DeformationGenerator, Discriminator, IntensityGenerator
from segaug.augment.task_driven.stage import generated
from segaug.models.network import build_with_seed
from segaug.models.nnunet import NnUnet
from segaug.rng import stream
from segaug.training.criterion import Criterion
from segaug.training.objective import Objective
from tests.augment.learned import hearts
from tests.augment.task_driven.examples import QUICK, SIZE, STILL

KINDS = {"deformation": DeformationGenerator, "intensity": IntensityGenerator}


def phase(kind="deformation", joint=QUICK, validated=True, baseline=STILL, **told):
    plan = joint.plan
    validation = hearts(4, SIZE, seed=2) if validated else None
    dice_error = Criterion("dice_patient", 1, ["a", "a", "b", "b"]).on(validation)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        generator, discriminator = KINDS[kind](SIZE, 1), Discriminator(SIZE, 1) if plan.lambda_adv else None
    segmenter = build_with_seed(NnUnet(feature_size=4), 1) if plan.coupling != "independent" else None
    unlabelled = hearts(6, SIZE, seed=1).image if plan.lambda_adv else None
    data = JointData(hearts(5, SIZE), unlabelled, validation.image if validated else None, dice_error)
    rng = partial(stream, 0, "phase")
    return JointPhase(
        generator, segmenter, discriminator, data, plan, baseline, Objective(), rng, told.get("tell", quiet)
    )


def joint(**options):
    return replace(QUICK, **options)


@pytest.mark.parametrize("kind", KINDS)
def test_the_task_reaches_the_generator_where_it_is_joint_and_only_there(kind):
    norms = {}
    for coupling in ("joint", "detached"):
        module = phase(kind, joint(coupling=coupling))
        run(module)
        norms[coupling] = module.history.gradient_segmentation
    assert min(norms["joint"]) > 0
    assert set(norms["detached"]) == {0.0}


def test_an_independent_generator_has_no_segmentation_network():
    module = phase(joint=joint(coupling="independent"))
    run(module)
    assert module.segmenter is None
    assert all(map(math.isnan, module.history.dice))
    assert module.chosen_update == module.history.update[-1] == QUICK.updates


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_of_the_segmentation_loss_is_that_of_finite_differences(kind):
    """Through the shared warp, the composition with the baseline's field, and the soft labels."""
    module = phase(kind, baseline=replace(STILL, p_flip=0.5, p_rotation=1.0)).double().eval()
    batch = hearts(2, SIZE)
    batch = replace(batch, image=batch.image.double(), label=batch.label.double())
    z = torch.randn(2, LATENT, generator=stream(0, "z")).double()
    baseline = draw((module.baseline,), None, batch, partial(stream, 0, "baseline"))
    baseline = [replace(each, params=replace(each.params, matrix=each.params.matrix.double())) for each in baseline]
    weight = module.generator.last.weight

    def loss():
        made, _ = generated(module.generator, batch, z, baseline)
        return module.objective(module.segmenter(made.image), made.label)

    (gradient,) = torch.autograd.grad(loss(), weight)
    place = torch.unravel_index(gradient.abs().argmax(), gradient.shape)
    step, value = 1e-6, weight.data[place].item()
    ends = []
    for sign in (1, -1):
        weight.data[place] = value + sign * step
        ends.append(loss().item())
    weight.data[place] = value
    assert gradient[place].item() == pytest.approx((ends[0] - ends[1]) / (2 * step), rel=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_a_generator_that_does_nothing_is_the_baseline_alone(kind):
    module = phase(kind, baseline=replace(STILL, p_flip=0.5))
    for weight in module.generator.last.parameters():
        weight.data.zero_()
    batch, z = hearts(4, SIZE), torch.randn(4, LATENT)
    baseline = draw((module.baseline,), None, batch, partial(stream, 0, "baseline"))
    made, output = generated(module.generator, batch, z, baseline)
    plain = apply(baseline, None, batch)
    assert output.abs().max() == 0
    torch.testing.assert_close(made.image, plain.image, atol=1e-5, rtol=0)
    torch.testing.assert_close(made.label, plain.label, atol=1e-5, rtol=0)


def test_labels_stay_on_the_simplex_and_a_change_of_intensity_leaves_them():
    batch, z = hearts(4, SIZE), torch.randn(4, LATENT, generator=stream(0, "z"))
    label = torch.cat([batch.label, (1 - batch.label) * (batch.image > 0.4)], dim=1)
    batch = replace(batch, label=label)
    deformed, _ = generated(phase("deformation").generator, batch, z, ())
    assert deformed.label.min() >= 0
    assert deformed.label.sum(1).max() <= 1 + 1e-6
    assert ((deformed.label > 0.01) & (deformed.label < 0.99)).any()
    recoloured, _ = generated(phase("intensity").generator, batch, z, ())
    assert torch.equal(recoloured.label, label)
    assert not torch.equal(recoloured.image, batch.image)


def grown(**options):
    """Mean |v| at each check."""
    module = phase(
        joint=joint(validate_every=4, warmup=0, discriminator_learning_rate=1e-3, **options), validated=False
    )
    run(module)
    return module.history.magnitude


def test_without_an_adversary_the_magnitude_term_makes_fields_grow():
    """At a weight of 1, since 1e-3 would take thousands of updates."""
    alone = grown(lambda_adv=0.0, lambda_ld=1.0, updates=16)
    assert all(later > earlier for earlier, later in pairwise(alone))


@pytest.mark.slow
def test_with_an_adversary_they_stay_bounded():
    alone, judged = (grown(lambda_adv=lambda_adv, lambda_ld=0.05, updates=200) for lambda_adv in (0.0, 1.0))
    assert judged[-1] < 0.5 * alone[-1]


def test_no_generator_of_the_warm_up_or_the_first_tenth_is_chosen():
    """Although each update is worse than the one before."""
    module = phase(joint=joint(updates=12, validate_every=1, warmup=3))
    errors = iter(range(100))
    module.material = replace(module.material, dice_error=lambda logits: next(errors) / 100)
    run(module)
    assert module.history.update == list(range(1, 13))
    assert module.chosen_update == 2


def test_the_generator_with_the_best_validation_dice_is_kept():
    module = phase(joint=joint(updates=6, validate_every=1))
    seen = []
    check = module._check

    def watched(update):
        check(update)
        seen.append({name: value.clone() for name, value in module.generator.state_dict().items()})

    module._check = watched
    kept = run(module)
    dice = module.history.dice
    assert dice[module.chosen_update - 1] == pytest.approx(max(dice), abs=2e-5)
    chosen = seen[module.chosen_update - 1]
    assert all(torch.equal(value, chosen[name]) for name, value in kept.state_dict().items())


def test_without_validation_the_last_one_is_kept():
    module = phase(validated=False)
    run(module)
    assert module.chosen is None
    assert module.chosen_update == QUICK.updates


@pytest.mark.parametrize("checks", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_a_phase_repeats_bit_for_bit(checks):
    histories = []
    for _ in range(2):
        module = phase(joint=joint(updates=checks, validate_every=1, batch_size=2))
        run(module)
        histories.append(module.history)
    assert histories[0] == histories[1]
    assert len(histories[0].dice) == checks


def test_no_global_random_state_is_moved():
    before = torch.get_rng_state()
    run(phase())
    assert torch.equal(torch.get_rng_state(), before)


@cache
def learned_weights(*options):
    """Of the generator that a phase with these options leaves, in one vector."""
    kept = run(phase(joint=joint(**dict(options)), validated=False))
    return torch.cat([weight.flatten() for weight in kept.parameters()])


@pytest.mark.parametrize(
    "options",
    [
        {"mixed_batch_norm": True},
        {"r1": 1.0, "r1_every": 1},
        {"labelled_share": 1.0},
        {"averaging": 0.9},
        {"lambda_adv": 0.0},
    ],
    ids=lambda options: next(iter(options)),
)
def test_an_option_changes_what_is_learned(options):
    assert not torch.equal(learned_weights(), learned_weights(*options.items()))


@pytest.mark.parametrize("mixed", [True, False])
def test_generator_and_discriminator_are_judged_by_the_same_statistics(mixed):
    """The logits that the generator learns from are those of the discriminator's own update, which comes after."""
    module = phase(joint=joint(mixed_batch_norm=mixed, updates=1, warmup=0, validate_every=1), validated=False)
    logits = []
    module.discriminator.register_forward_hook(lambda network, images, given: logits.append(given.detach().clone()))
    run(module)
    for_generator, for_discriminator = logits[0], logits[-1]
    made = QUICK.batch_size
    torch.testing.assert_close(for_generator[-made:], for_discriminator[-made:], rtol=1e-4, atol=1e-7)
    assert len(for_generator) == len(for_discriminator) == (2 * made if mixed else made)


def test_averaged_weights_go_with_averaged_statistics():
    module = phase(joint=joint(averaging=0.9), validated=False)
    kept = run(module)
    pairs = list(zip(kept.named_buffers(), module.generator.buffers(), strict=True))
    assert any(name.endswith("running_mean") for (name, _), _ in pairs)
    assert not any(torch.equal(mean, last) for (name, mean), last in pairs if name.endswith(("_mean", "_var")))


def test_progress_is_told_to_the_end():
    told = []
    run(phase(tell=lambda done, of, what: told.append((done, of))))
    assert told[-1] == (QUICK.warmup + QUICK.updates,) * 2


def test_what_is_not_finite_ends_the_phase():
    module = phase(joint=joint(learning_rate=1e30, updates=40, validate_every=1))
    run(module)
    assert module.diverged
    assert len(module.history.update) < 40
