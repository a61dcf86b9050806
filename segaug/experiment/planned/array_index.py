"""`shard=auto`: which shard this process is, by what a scheduler tells the jobs of an array.

Nothing is looked at unless a command says `auto`: arrays are also used to run one study a job, or the same study many
times over one folder, and a share that nobody asked for would leave trials out without a word.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from segaug.errors import ConfigError
from segaug.results.shard import KEY, Shard, parse_shard

_AUTO = re.compile(r"auto(?:/([1-9][0-9]{0,8}))?")


@dataclass(frozen=True)
class Array:
    """How the jobs of an array are told which one they are.

    counts_from: the index of the first one, where the scheduler gives it; else the user does, and counts from 1.
    outside: what the variable holds in a job that is in no array.  first, last, step: of the indices, where told.
    """

    system: str
    index: str
    counts_from: int = 1
    outside: str = ""
    first: str = ""
    last: str = ""
    step: str = ""


ARRAYS = (
    Array("Kubernetes", "JOB_COMPLETION_INDEX", counts_from=0),
    Array("PBS", "PBS_ARRAY_INDEX"),
    Array("Torque", "PBS_ARRAYID"),
    Array(
        "SGE", "SGE_TASK_ID", outside="undefined",
        first="SGE_TASK_FIRST", last="SGE_TASK_LAST", step="SGE_TASK_STEPSIZE",
    ),
    Array("LSF", "LSB_JOBINDEX", outside="0", last="LSB_JOBINDEX_END", step="LSB_JOBINDEX_STEP"),
    Array("HyperQueue", "HQ_TASK_ID"),
)  # fmt: skip


def shard_of(text: str, environment: Mapping[str, str]) -> Shard:
    """What `shard=` says: "2/4", "auto/4", or "auto" for as many shards as the array has jobs; raises ConfigError."""
    auto = _AUTO.fullmatch(text)
    return _shard_of_job(int(auto[1]) if auto[1] else None, environment) if auto else parse_shard(text)


def _shard_of_job(of: int | None, environment: Mapping[str, str]) -> Shard:
    array = _only_array(environment)
    index = _number(array.index, environment)
    number = index + 1 - array.counts_from
    of = _jobs(array, environment) if of is None else of
    if not 1 <= number <= of:
        last = of - 1 + array.counts_from
        problem = f"{array.index} is {index}, and {of} shards have the indices {array.counts_from} to {last}"
        raise ConfigError(key=KEY, problem=problem, fix="give the array these, or write shard=i/n")
    return Shard(number, of)


def _only_array(environment: Mapping[str, str]) -> Array:
    arrays = [array for array in ARRAYS if environment.get(array.index, "") not in ("", array.outside)]
    if len(arrays) > 1:
        names = " and ".join(f"{array.index} ({array.system})" for array in arrays)
        raise ConfigError(key=KEY, problem=f"{names} are both set", fix="write shard=i/n, with the one that is meant")
    if not arrays:
        known = ", ".join(array.index for array in ARRAYS)
        problem = f"auto is for the jobs of an array, and none of {known} is set"
        raise ConfigError(key=KEY, problem=problem, fix="write shard=i/n, such as shard=1/4")
    return arrays[0]


def _jobs(array: Array, environment: Mapping[str, str]) -> int:
    """How many jobs the array has, where its scheduler says so."""
    fix = "say how many shards there are: shard=auto/N"
    if not environment.get(array.last):
        raise ConfigError(key=KEY, problem=f"{array.system} does not tell its jobs how many they are", fix=fix)
    for name in (array.first, array.step):
        if environment.get(name) and _number(name, environment) != 1:
            problem = f"{name} is {environment[name]}, so that the indices of the array are not 1, 2, 3, ..."
            raise ConfigError(key=KEY, problem=problem, fix=fix)
    return _number(array.last, environment)


def _number(name: str, environment: Mapping[str, str]) -> int:
    text = environment[name]
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise ConfigError(key=KEY, problem=f"{name} is {text!r}, and no index", fix="write shard=i/n")
    return int(text)
