"""What is left out when Hydra composes is nothing that a configuration is made of."""

from copy import deepcopy

import hydra._internal.defaults_list
import pytest
from hydra import initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.global_hydra import GlobalHydra
from hydra.types import RunMode
from omegaconf import OmegaConf

from segaug.experiment.config.choice import CONFIG_NAME
from segaug.experiment.outside import own_loader
from segaug.internals import hydra as internals
from tests.tiny import TINY


def composed():
    loader = own_loader()
    return loader.load_configuration(CONFIG_NAME, [*TINY, "augment=red"], run_mode=RunMode.RUN, from_shell=False)


def test_a_configuration_is_the_one_that_hydra_makes_by_itself(monkeypatch):
    spared = OmegaConf.to_container(composed())
    monkeypatch.delattr(ConfigStore, "__deepcopy__")
    monkeypatch.setattr(hydra._internal.defaults_list, "_create_interpolation_map", internals._all_known_choices)
    assert OmegaConf.to_container(composed()) == spared


def test_there_is_one_store():
    own_loader()
    assert deepcopy([ConfigStore.instance()]) == [ConfigStore.instance()]


@pytest.mark.parametrize("chosen", ["a", "b"])
def test_a_default_may_still_look_up_another_choice(tmp_path, chosen):
    own_loader()
    for group in ("one", "two"):
        (tmp_path / group).mkdir()
        for option in ("a", "b"):
            (tmp_path / group / f"{option}.yaml").write_text(f"said: {group}-{option}\n")
    (tmp_path / "top.yaml").write_text("defaults: [{one: a}, {two: '${one}'}, _self_]\n")
    with initialize_config_dir(config_dir=str(tmp_path), version_base="1.3"):
        loader = GlobalHydra.instance().config_loader()
        found = loader.load_configuration("top", [f"one={chosen}"], run_mode=RunMode.RUN, from_shell=False)
    assert found.two.said == f"two-{chosen}"
