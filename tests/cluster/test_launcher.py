"""`hydra/launcher=NAME`: the trials of a multirun are handed on, with the command that asks for them again."""

from contextvars import Context
from types import SimpleNamespace

import pytest
from hydra.core.config_store import ConfigStore
from omegaconf import OmegaConf

from segaug.cluster import launcher as launcher_module
from segaug.cluster.launcher import ON_CLUSTER, ClusterLauncher, register_clusters
from segaug.cluster.settings import JobSettings
from segaug.errors import ConfigError

TASK = ["augment=red,baseline", "name=a study"]
OWN = ["hydra.launcher.partition=gpu", "hydra.sweep.dir=x", "hydra.launcher.setup=[module load cuda]"]


@pytest.fixture
def launched(paper, monkeypatch):
    """What is done with the trials of a multirun of two jobs: launched(do, **settings)."""
    monkeypatch.setattr(launcher_module, "trials_of", lambda jobs, config, loader: [(job, loader) for job in jobs])
    runtime = {"choices": {"hydra/launcher": "paper"}, "config_sources": []}
    hydra = {"runtime": runtime, "overrides": {"task": TASK, "hydra": OWN}}

    def launch(do=None, **settings):
        launcher = ClusterLauncher("paper", **settings)
        context = SimpleNamespace(config_loader="the loader")
        launcher.setup(hydra_context=context, task_function=None, config=OmegaConf.create({"hydra": hydra}))
        if do:
            ON_CLUSTER.set(do)
        return launcher.launch([["seed=0"], ["seed=1"]], initial_job_idx=0)

    return lambda *arguments, **settings: Context().run(launch, *arguments, **settings)


def test_the_command_gets_the_trials_the_cluster_and_what_to_type_again(launched, paper):
    taken = []
    answer = launched(lambda *given: taken.append(given) or [{"id": "a"}, {"id": "b"}], cpus_per_task=3)
    ((trials, cluster, command),) = taken
    assert trials == [(["seed=0"], "the loader"), (["seed=1"], "the loader")]
    assert (cluster.scheduler, cluster.settings) == (paper, JobSettings(cpus_per_task=3))
    assert command == (
        "segaug train -m augment=red,baseline 'name=a study' hydra/launcher=paper hydra.launcher.partition=gpu "
        "'hydra.launcher.setup=[module load cuda]'"
    )
    assert [job.return_value for job in answer] == ["a", "b"]


def test_a_command_that_knows_no_cluster_refuses(launched):
    with pytest.raises(
        ConfigError, match=r"hydra/launcher: got paper; leave it out: this command works on this machine"
    ):
        launched()


def test_settings_from_yaml_become_plain_values(paper):
    options = OmegaConf.create({"setup": ["a"], "more": {"exclude": "n1"}})
    cluster = ClusterLauncher("paper", setup=options.setup, additional_parameters=options.more).cluster
    assert type(cluster.settings.setup) is list
    assert type(cluster.settings.additional_parameters) is dict


def test_wrong_settings_and_unknown_schedulers_are_refused(paper):
    with pytest.raises(ConfigError, match=r"hydra\.launcher\.pack_minutes"):
        ClusterLauncher("paper", pack_minutes=0)
    with pytest.raises(ConfigError, match="'pigeon' is unknown here; choose from slurm, paper"):
        ClusterLauncher("pigeon")


def test_each_scheduler_is_a_choice_whose_options_are_the_settings(paper):
    register_clusters()
    for name in ("slurm", "paper"):
        node = ConfigStore.instance().load(f"hydra/launcher/{name}.yaml").node
        fixed = {"_target_": "segaug.cluster.launcher.ClusterLauncher", "scheduler": name}
        assert OmegaConf.to_container(node) == OmegaConf.to_container(OmegaConf.structured(JobSettings)) | fixed
