"""Settings of jobs that no cluster could mean are refused by their names, up to the last one that it could."""

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


def test_workers_count_gpus_before_cores():
    assert JobSettings(cpus_per_task=8, gpus_per_node=0).workers == 8
    assert JobSettings(cpus_per_task=8, gpus_per_node=1).workers == 1
    assert JobSettings(cpus_per_task=8, workers_per_gpu=3).workers == 8
