from dataclasses import asdict

import pytest
from omegaconf import OmegaConf
from omegaconf.errors import ConfigKeyError, ReadonlyConfigError

from segaug.errors import ConfigError
from segaug.results.tracker import NoTracker, WandbTracker, is_on, tracker_from_plan

CHOICES = [
    NoTracker(),
    WandbTracker(),
    WandbTracker(mode="online", project="hearts", entity="lab", granularity="trial"),
]


@pytest.mark.parametrize("tracker", CHOICES)
def test_what_the_sweep_writes_to_the_plan_comes_back(tracker):
    assert tracker_from_plan({"tracker": asdict(tracker)}) == tracker


@pytest.mark.parametrize("plan", [{}, {"tracker": None}, {"tracker": {"name": "none"}}])
def test_a_plan_without_tracker_has_none(plan):
    assert tracker_from_plan(plan) == NoTracker()


def test_options_have_a_typed_config():
    node = OmegaConf.structured(WandbTracker)
    with pytest.raises(ConfigKeyError, match="projct"):
        OmegaConf.merge(node, {"projct": "x"})
    OmegaConf.set_readonly(node, False)
    node.entity = "lab"
    assert OmegaConf.to_object(node) == WandbTracker(entity="lab")
    with pytest.raises(ReadonlyConfigError):
        OmegaConf.structured(WandbTracker).entity = "lab"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mode": "on"}, r"tracker\.mode in conf/tracker/wandb\.yaml: got 'on'; choose from offline, online, disabled"),
        ({"granularity": "seed"}, r"tracker\.granularity.*'seed'.*cell, trial"),
        ({"project": "a/b"}, r"tracker\.project.*'a/b'"),
        ({"project": ""}, r"tracker\.project"),
        ({"project": "x" * 129}, r"tracker\.project"),
    ],
)
def test_a_wrong_option_is_named_with_its_fix(options, message):
    with pytest.raises(ConfigError, match=message):
        WandbTracker(**options)


@pytest.mark.parametrize(
    "entry", ["wandb", {"name": "mlflow"}, {"name": "wandb", "colour": "red"}, {"mode": "offline"}]
)
def test_a_plan_with_an_unknown_tracker_is_an_error(entry):
    with pytest.raises(ConfigError, match=r"tracker\.(name|colour) in plan"):
        tracker_from_plan({"tracker": entry})


def test_only_a_tracker_that_writes_somewhere_is_on():
    assert [is_on(tracker) for tracker in (NoTracker(), WandbTracker(mode="disabled"), WandbTracker())] == [
        False,
        False,
        True,
    ]
