from dataclasses import asdict, fields

import pytest

from segaug.augment.task_driven.options import PROFILES, Joint, Plan
from segaug.errors import ConfigError


def test_every_option_of_a_plan_can_be_set():
    assert [option.name for option in fields(Joint)] == ["profile", *(option.name for option in fields(Plan))]


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_left_out_is_as_the_profile_says_and_is_written_down(profile):
    assert Joint(profile=profile).plan == PROFILES[profile]
    assert asdict(Joint(profile=profile)) == {"profile": profile, **asdict(PROFILES[profile])}


def test_what_is_set_differs_from_the_profile_alone():
    plan = Joint(profile="published", updates=7, lambda_adv=0.0, mixed_batch_norm=True).plan
    expected = asdict(PROFILES["published"]) | {"updates": 7, "lambda_adv": 0.0, "mixed_batch_norm": True}
    assert asdict(plan) == expected


def test_the_published_profile_has_the_published_numbers():
    plan = PROFILES["published"]
    assert (plan.lambda_adv, plan.lambda_ld, plan.warmup, plan.updates, plan.batch_size) == (1, 1e-3, 400, 10_000, 20)
    assert plan.learning_rate == plan.discriminator_learning_rate == 1e-3


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("profile", "other"), ("coupling", "both"), ("lambda_adv", -1.0), ("lambda_ld", -1e-3),
        ("lambda_ld", float("nan")),
        ("updates", 0), ("warmup", -1), ("batch_size", 1), ("validate_every", 0), ("learning_rate", 0.0),
        ("discriminator_learning_rate", -1.0), ("r1", -1.0), ("r1_every", 0), ("labelled_share", 1.5),
        ("averaging", 1.0), ("intensity_start", 0.0),
    ],
)  # fmt: skip
def test_other_values_are_refused_by_name(option, value):
    with pytest.raises(ConfigError, match=rf"augment\.joint\.{option}"):
        Joint(**{option: value})


def test_a_generator_that_nothing_trains_is_refused():
    with pytest.raises(ConfigError, match=r"augment\.joint\.lambda_adv.*independent"):
        Joint(coupling="independent", lambda_adv=0.0)
    with pytest.raises(ConfigError, match=r"augment\.joint\.lambda_ld.*lambda_adv"):
        Joint(coupling="detached", lambda_adv=0.0, lambda_ld=0.0)
