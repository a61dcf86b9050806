"""Settings of jobs that no cluster could mean are refused by their names, up to the last one that it could."""

import dataclasses

import pytest

from segaug.cluster.settings import AT_LEAST_ONE, JobSettings
from segaug.errors import ConfigError


@pytest.mark.parametrize("name", AT_LEAST_ONE)
def test_what_is_counted_is_one_or_more(name):
    delay = {"signal_delay_s": 0}
    assert getattr(JobSettings(**{name: 1}, **delay), name) == 1
    for wrong in (0, -1):
        with pytest.raises(ConfigError, match=rf"^hydra\.launcher\.{name}: got {wrong}; use 1 or more$"):
            JobSettings(**{name: wrong}, **delay)


@pytest.mark.parametrize(("delay", "fits"), [(-1, False), (0, True), (599, True), (600, False)])
def test_the_signal_comes_within_the_time_limit(delay, fits):
    if fits:
        assert JobSettings(timeout_min=10, signal_delay_s=delay).signal_delay_s == delay
        return
    with pytest.raises(ConfigError, match=r"signal_delay_s: got .*; use less than the time limit, timeout_min"):
        JobSettings(timeout_min=10, signal_delay_s=delay)


def test_a_job_may_be_requeued_never():
    assert JobSettings(max_requeues=0).max_requeues == 0
    with pytest.raises(ConfigError, match="max_requeues: got -1"):
        JobSettings(max_requeues=-1)


@pytest.mark.parametrize(
    "wrong", [{"timeout_min": 0}, {"signal_delay_s": 600, "timeout_min": 10}, {"max_requeues": -1}]
)
def test_settings_are_checked(wrong):
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        JobSettings(**wrong)


def test_workers_are_counted_per_gpu_or_per_core():
    assert JobSettings(cpus_per_task=4).workers == 4
    assert dataclasses.replace(JobSettings(cpus_per_task=4), gpus_per_node=2, workers_per_gpu=3).workers == 6
    assert JobSettings(cpus_per_task=8, gpus_per_node=1).workers == 1
    assert JobSettings(cpus_per_task=8, gpus_per_node=0, workers_per_gpu=3).workers == 8, "there is no GPU"


def test_what_a_user_of_hydra_submitit_launcher_does_not_set_is_as_it_is_there():
    own = JobSettings()
    assert (own.array_parallelism, own.signal_delay_s, own.gpus_per_node, own.mem_gb) == (256, 120, None, None)
    assert (own.partition, own.account, own.qos, own.constraint, own.setup) == (None,) * 5
    assert own.additional_parameters == {}
    assert own.additional_parameters is not JobSettings().additional_parameters
