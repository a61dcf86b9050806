"""Joining the parts of a sweep gives the very trials that composing each job as a whole gives."""

from pathlib import Path

import hydra
import pytest
from hydra.core.global_hydra import GlobalHydra

from segaug.errors import ConfigError
from segaug.experiment.config.choice import CONFIG_NAME
from segaug.experiment.config.entangled import reaches_out
from segaug.experiment.config.folders import conf_dir
from segaug.experiment.config.grid import GROUPS, Composer, trials_of
from segaug.experiment.sweep.launcher import register_plugins


@pytest.fixture
def composer(tmp_path):
    """Composer of jobs on top of conf/ and of files of this test: composer([["seed=0"]], {"scale/odd": "..."})."""
    register_plugins()

    def make(jobs, files=None):
        for name, text in (files or {}).items():
            path = tmp_path / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        with hydra.initialize_config_dir(config_dir=str(conf_dir()), version_base="1.3"):
            config = hydra.compose(
                CONFIG_NAME, [f"hydra.searchpath=[file://{tmp_path}]", "hydra.job.num=0"], return_hydra_config=True
            )
            return Composer(jobs, config, GlobalHydra.instance().config_loader())

    return make


def product(*axes):
    jobs = [[]]
    for axis in axes:
        jobs = [[*job, *(one if isinstance(one, tuple) else (one,))] for job in jobs for one in axis]
    return jobs


def test_parts_join_to_what_whole_jobs_compose_to(composer):
    grid = composer(
        product(
            ["dataset=phantom_blob", "dataset=phantom_thorax_lung"],
            ["model=nnunet", "model=swin_unet"],
            [("augment=baseline", "scale=n4"), ("augment=red", "augment.p=0.5", "scale.size=6")],
            [("protocol=fixed_steps", "protocol.length=64", "seed=1"), ("protocol.length=50", "seed=2")],
        )
    )
    assert (joined := grid.from_parts()) is not None
    assert grid.composed <= 2 + 1 + 1 + 1
    assert joined == grid.one_by_one()
    assert {trial.strategy for trial in joined} >= {"baseline [length=50]", "red(p=0.5) [length=64]"}
    assert {trial.config.protocol.learning_rate for trial in joined} == {1e-3, 1e-2, 3e-2}


def test_ways_of_predicting_reach_every_joined_trial(composer):
    """They belong to no group; a list of them is one value."""
    jobs = product(["augment=baseline", "augment=red"], ["scale=n4", "scale=n8"], ["predict=[flips]", "seed=1"])
    grid = composer(jobs)
    joined = grid.from_parts()
    assert joined == grid.one_by_one()
    assert [trial.config.ways for trial in joined] == [("none", "flips"), ("none",)] * 4


def test_what_only_some_jobs_say_of_the_protocol_names_their_curves(composer):
    """A baseline that is trained longer than all others is a curve of its own."""
    longer = ["augment=baseline", "protocol.length=80", "protocol.warmup=8"]
    grid = composer([["augment=baseline", "protocol.batch_size=4"], [*longer, "protocol.batch_size=4"]])
    assert [trial.strategy for trial in grid.from_parts()] == ["baseline", "baseline [length=80, warmup=8]"]


@pytest.mark.parametrize(
    ("jobs", "files"),
    [
        (  # a scale that says more than a size
            product(["scale=odd", "scale=n4"], ["protocol=published", "protocol=fixed_steps"]),
            {"scale/odd": "# @package _global_\nscale: {size: 5}\nprotocol: {batch_size: 2}"},
        ),
        pytest.param(
            product(["scale=n4", "scale=n8"], ["protocol.batch_size=${scale.size}"]), {}, marks=pytest.mark.slow
        ),
        pytest.param(product(["seed=3", "seed=4"], ["dataset.seed=${seed}"]), {}, marks=pytest.mark.slow),
    ],
)
def test_options_that_have_to_do_with_each_other_are_not_joined(composer, jobs, files):
    grid = composer(jobs, files)
    assert grid.from_parts() is None
    whole = grid.one_by_one()
    assert trials_of(jobs, grid.config, grid.loader) == whole
    assert len({str(trial.config) for trial in whole}) == len(jobs)


@pytest.mark.slow
def test_a_file_that_builds_on_another_of_its_group_can_be_joined(composer):
    jobs = product(["scale=twelve", "scale=n4"], ["augment=none", "augment=red"], ["seed=1", "seed=2"])
    grid = composer(jobs, {"scale/twelve": "defaults: [n8, _self_]\nsize: 12"})
    assert grid.from_parts() == grid.one_by_one()
    assert {trial.config.scale.size for trial in grid.from_parts() or ()} == {12, 4}


def test_a_seed_is_a_whole_number(composer):
    with pytest.raises(ConfigError, match="seed: got 'x'"):
        composer([["seed=x"]])


def test_no_option_of_conf_forces_whole_jobs(composer):
    files = composer([["seed=0"]]).files
    options = {group: sorted(Path(conf_dir(), group).glob("*.yaml")) for group in GROUPS}
    assert not [(group, one.stem) for group in GROUPS for one in options[group] if reaches_out(files, group, one.stem)]
