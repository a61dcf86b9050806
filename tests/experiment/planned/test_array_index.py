"""What schedulers tell the jobs of an array becomes the shard that is meant, or an error, and never another one."""

import pytest

from segaug.errors import ConfigError
from segaug.experiment.planned.array_index import ARRAYS, shard_of

SGE = {"SGE_TASK_FIRST": "1", "SGE_TASK_LAST": "8", "SGE_TASK_STEPSIZE": "1"}
LSF = {"LSB_JOBINDEX_END": "8", "LSB_JOBINDEX_STEP": "1"}


@pytest.mark.parametrize(
    ("environment", "text", "shard"),
    [
        ({"JOB_COMPLETION_INDEX": "0"}, "auto/8", "1/8"),
        ({"JOB_COMPLETION_INDEX": "7"}, "auto/8", "8/8"),
        ({"PBS_ARRAY_INDEX": "1"}, "auto/8", "1/8"),
        ({"PBS_ARRAYID": "8"}, "auto/8", "8/8"),
        ({"HQ_TASK_ID": "3"}, "auto/8", "3/8"),
        ({"SGE_TASK_ID": "3", **SGE}, "auto", "3/8"),
        ({"SGE_TASK_ID": "3", **SGE, "SGE_TASK_FIRST": "3", "SGE_TASK_LAST": "4"}, "auto/8", "3/8"),  # run again
        ({"LSB_JOBINDEX": "8", **LSF}, "auto", "8/8"),
        ({"LSB_JOBINDEX": "2", "LSB_JOBINDEX_END": "8"}, "auto", "2/8"),
        ({"SGE_TASK_ID": "undefined", "LSB_JOBINDEX": "0", "PBS_ARRAY_INDEX": "", "HQ_TASK_ID": "2"}, "auto/4", "2/4"),
        ({"JOB_COMPLETION_INDEX": "5", "PBS_ARRAY_INDEX": "1"}, "3/4", "3/4"),  # said, so nothing is looked up
    ],
)
def test_an_index_is_a_shard(environment, text, shard):
    assert str(shard_of(text, environment)) == shard


@pytest.mark.parametrize(
    ("environment", "text", "told"),
    [
        ({}, "auto", "JOB_COMPLETION_INDEX, PBS_ARRAY_INDEX"),
        ({"SLURM_ARRAY_TASK_ID": "1"}, "auto/4", "none of"),  # has its own launcher
        ({"SGE_TASK_ID": "undefined", "LSB_JOBINDEX": "0"}, "auto/4", "none of"),
        ({"JOB_COMPLETION_INDEX": "0"}, "auto", "shard=auto/N"),
        ({"PBS_ARRAY_INDEX": "1"}, "auto", "shard=auto/N"),
        ({"JOB_COMPLETION_INDEX": "4"}, "auto/4", "indices 0 to 3"),
        ({"PBS_ARRAY_INDEX": "0"}, "auto/4", "indices 1 to 4"),
        ({"HQ_TASK_ID": "0"}, "auto/4", "indices 1 to 4"),
        ({"PBS_ARRAY_INDEX": "5"}, "auto/4", "indices 1 to 4"),
        ({"PBS_ARRAY_INDEX": "1", "HQ_TASK_ID": "2"}, "auto/4", "both set"),
        ({"PBS_ARRAY_INDEX": "-1"}, "auto/4", "'-1', and no index"),
        ({"PBS_ARRAY_INDEX": "1" * 5000}, "auto/4", "and no index"),
        ({"SGE_TASK_ID": "3", **SGE, "SGE_TASK_STEPSIZE": "2"}, "auto", "SGE_TASK_STEPSIZE is 2"),
        ({"SGE_TASK_ID": "3", **SGE, "SGE_TASK_FIRST": "3"}, "auto", "SGE_TASK_FIRST is 3"),
        ({"LSB_JOBINDEX": "3", **LSF, "LSB_JOBINDEX_END": "x"}, "auto", "LSB_JOBINDEX_END is 'x'"),
        ({"PBS_ARRAY_INDEX": "1"}, "auto/0", "NUMBER/OF"),
        ({"PBS_ARRAY_INDEX": "1"}, "auto/", "NUMBER/OF"),
        ({"PBS_ARRAY_INDEX": "1"}, "AUTO/4", "NUMBER/OF"),
    ],
)
def test_what_does_not_say_one_shard_is_refused(environment, text, told):
    with pytest.raises(ConfigError, match=r"^shard: ") as refused:
        shard_of(text, environment)
    assert told in str(refused.value)


def test_no_variable_is_told_of_by_two_systems():
    assert len({one.index for one in ARRAYS}) == len(ARRAYS)
