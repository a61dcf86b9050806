"""The recipes do what they say: one shard for each job, all of them, then a merge that equals one run.

Schedulers, ssh and rsync are stand-ins that run the jobs here, one after the other, with the variables that the real
ones set.
"""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import yaml

from segaug.experiment.planned.array_index import shard_of
from segaug.results.store import Store
from tests.tiny import TINY, segaug_here, volatile_free

ROOT = Path(__file__).parents[2]
STANDINS = Path(__file__).parent / "standins"
SHARDS = 3  # where they are only asked for; two where they train
SWEEP = ["-m", *TINY, "augment=baseline", "scale=n1,n4", "seed=range(3)"]
TRIALS = 6
Words = Sequence[str]
Recipe = Callable[[Path, Words, int], list[list[str]]]


def kubernetes(folder: Path, words: Words, shards: int) -> list[list[str]]:
    file = folder / "recipes/kubernetes/shards.yaml"
    text = file.read_text()
    for before, after in (
        ("completions: 8", f"completions: {shards}"),
        ("study=scaling_study", shlex.join(words).replace("'", "''")),  # in the quotes of YAML
        ("auto/8", f"auto/{shards}"),
    ):
        assert before in text
        text = text.replace(before, after)
    file.write_text(text)
    (folder / "shards").mkdir()
    return [["bash", "recipes/kubernetes/run.sh"]]


def hyperqueue(folder: Path, words: Words, shards: int) -> list[list[str]]:
    return [["bash", "recipes/hyperqueue.sh", *words]]


def pbs(folder: Path, words: Words, shards: int) -> list[list[str]]:
    return [
        ["qsub", "-J", f"1-{shards}", "-v", f"SHARDS={shards}", "recipes/pbs.sh"],
        ["bash", "-c", "segaug merge shards/[0-9]* --into whole"],
    ]


def ssh(folder: Path, words: Words, shards: int) -> list[list[str]]:
    for number in range(shards):
        (folder / f"host{number}").mkdir()
    return [["bash", "recipes/ssh.sh", *words]]


RECIPES = {recipe.__name__: recipe for recipe in (kubernetes, hyperqueue, pbs, ssh)}


def follow(recipe: Recipe, folder: Path, words: Words, command: str, shards: int) -> None:
    """Follow a recipe in a folder; command: what the word `segaug` stands for."""
    shutil.copytree(ROOT / "recipes", folder / "recipes")
    (folder / "bin").mkdir()
    (folder / "bin/segaug").write_text(f'#!/usr/bin/env bash\nexec {command} "$@"\n')
    (folder / "bin/segaug").chmod(0o755)
    path = [str(folder / "bin"), str(STANDINS), str(Path(sys.executable).parent), os.environ["PATH"]]
    environment = {
        **os.environ, "PATH": os.pathsep.join(path),
        "ASKED": str(folder / "asked"), "VOLUMES": str(folder), "MACHINES": str(folder), "SHARDS": str(shards),
        "HOSTS": " ".join(f"host{number}" for number in range(shards)),
        "STUDY": " ".join(words), "SEGAUG_CACHE": str(folder / "cache"), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    for step in recipe(folder, words, shards):
        done = subprocess.run(step, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", RECIPES)
def test_each_shard_is_asked_for_once_then_all_are_merged(name, tmp_path):
    follow(RECIPES[name], tmp_path, ["study=quick", "seed=range(2)"], str(STANDINS / "segaug.logged"), SHARDS)
    *trained, (_, merged) = [line.split(";") for line in (tmp_path / "asked").read_text().splitlines()]
    variable = {"kubernetes": "JOB_COMPLETION_INDEX", "pbs": "PBS_ARRAY_INDEX"}.get(name, "")
    shards, folders = set(), set()
    for index, words in trained:
        verb, *options = shlex.split(words)
        said = dict(word.split("=", 1) for word in options)
        assert (verb, said["study"], said["seed"]) == ("train", "quick", "range(2)")
        shards.add(str(shard_of(said["shard"], {variable: index})))
        folders.add(said["output"])
    assert shards == {f"{number}/{SHARDS}" for number in range(1, SHARDS + 1)}
    assert len(folders) == (1 if name == "ssh" else SHARDS)  # there, each machine has one of its own
    verb, *parts, option, _ = shlex.split(merged)
    assert (verb, len(parts), option) == ("merge", SHARDS, "--into")


def test_the_manifest_has_as_many_pods_as_shards():
    job = yaml.safe_load((ROOT / "recipes/kubernetes/shards.yaml").read_text())
    spec, (container,) = job["spec"], job["spec"]["template"]["spec"]["containers"]
    assert (job["kind"], spec["completionMode"]) == ("Job", "Indexed")
    assert f"shard=auto/{spec['completions']} " in container["args"][0]
    assert spec["podFailurePolicy"]["rules"][1]["onExitCodes"]["containerName"] == container["name"]
    assert {one["name"] for one in container["volumeMounts"]} == {
        one["name"] for one in spec["template"]["spec"]["volumes"]
    }
    assert f"1-{spec['completions']}" in (ROOT / "recipes/pbs.sh").read_text()


def records(study: Path) -> dict[str, dict]:
    return {record["id"]: volatile_free(record) for record in Store(study).records()}


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """The records of the study as one command makes them."""
    folder = tmp_path_factory.mktemp("once")
    done = segaug_here("train", *SWEEP, "output=whole", cwd=folder)
    assert done.returncode == 0, done.stderr
    found = records(folder / "whole")
    assert len(found) == TRIALS
    return found


@pytest.mark.slow
@pytest.mark.timeout(900)  # some commands, each of which imports torch
@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_ends_with_the_study_of_one_run(name, tmp_path, once):
    follow(RECIPES[name], tmp_path, SWEEP, f"{sys.executable} -m segaug", 2)
    (whole,) = [path for path in (tmp_path / "shards/whole", tmp_path / "results/whole") if path.exists()]
    assert records(whole) == once
    assert segaug_here("status", str(whole), cwd=tmp_path).returncode == 0
