"""What looks at another option is noticed wherever it stands; what asks the environment looks at none."""

import pytest
from omegaconf import OmegaConf

from segaug.experiment.config.entangled import SETTLED_LATER, looks_elsewhere
from segaug.experiment.config.grid import GROUPS


def looks(**options):
    """Does a config with these options, and plain ones for the rest?"""
    plain = {group: {"option": 1} for group in GROUPS}
    return looks_elsewhere(OmegaConf.create({**plain, "seed": 0, "output": "here", "hydra": {}, **options}))


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("value", ["${seed}", "n${seed}", [1, "${seed}"], {"inner": {"deep": "${seed}"}}])
def test_in_every_group_and_at_every_depth(group, value):
    assert looks(**{group: {"option": value}})


def test_outside_of_the_groups():
    assert looks(cache="${output}/cache")


@pytest.mark.parametrize("value", ["plain", 2, None, "${oc.env:HOME}", ["$", "{seed}"]])
def test_what_looks_at_no_option(value):
    assert not looks(augment={"option": value})


@pytest.mark.parametrize("key", SETTLED_LATER)
def test_the_launcher_settles_the_folder_of_a_sweep(key):
    assert not looks(**{key: {"folder": "${seed}"}})
