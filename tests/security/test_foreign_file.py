"""A config file of somebody else chooses and describes; it runs nothing, logs nothing, and names no folder to write."""

import os
from pathlib import Path

import pytest
import yaml
from hydra.types import RunMode

from segaug.cli.hydra_errors import one_line
from segaug.errors import ConfigError, UserError
from segaug.experiment.config.choice import CONFIG_NAME
from segaug.experiment.config.folders import conf_dir, studies_dir
from segaug.experiment.guard.foreign_file import check_values, is_foreign
from segaug.experiment.outside import compose, own_loader

GLOBAL = "# @package _global_\n"


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """An attack that works leaves a file here."""
    monkeypatch.chdir(tmp_path)


def composed(files: dict[str, str], *words: str):
    """What `segaug train WORDS` composes with these files in a folder of the user's."""
    for name, text in files.items():
        file = Path("groups", f"{name}.yaml")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    overrides = [f"hydra.searchpath=[file://{Path('groups').resolve()}]", *words]
    return own_loader().load_configuration(CONFIG_NAME, overrides, run_mode=RunMode.MULTIRUN)


def told(files: dict[str, str], *words: str) -> str:
    """The error that composing them ends in; nothing was made."""
    with pytest.raises(UserError) as error, one_line():
        composed(files, *words)
    assert os.listdir() == ["groups"]
    return str(error.value)


def refused(placed: str, key: str):
    """What a file would set is refused by the name of its key and of the file."""
    with pytest.raises(ConfigError) as error:
        check_values("mine.yaml", yaml.safe_load(placed))
    assert str(error.value).startswith(f"{key} in mine.yaml: ")


@pytest.mark.parametrize(
    "key",
    [
        "run.dir", "sweep.dir", "sweep.subdir", "output_subdir", "job.chdir", "job.name", "job.env_set.PYTHONPATH",
        "job_logging.handlers.x.filename", "hydra_logging.root.level", "callbacks.x.a", "callbacks", "launcher",
        "launcher.setup", "launcher.additional_parameters.prolog", "sweeper", "sweeper.x", "verbose",
        "runtime.output_dir", "help.template", "overrides.task", "searchpath",
    ],
)  # fmt: skip
def test_of_hydra_a_file_sets_but_the_sweep_and_the_jobs(key):
    parts = ["hydra", *key.split(".")]
    refused("".join(f"{{{part}: " for part in parts) + "called" + "}" * len(parts), f"hydra.{key}")


@pytest.mark.parametrize(
    "line",
    ["output: called", "cache: called", "name: ../x", "name: a/b", "name: '${oc.env:HOME}'", "name: .", "name: 'a,.'"],
)
def test_no_file_names_a_folder_to_write(line):
    refused(line, line.partition(":")[0])


@pytest.mark.parametrize(
    "swept",
    [
        "output: a", "++cache: a", "name: 'a,../b'", "name: 'choice(a/b)'", "hydra.launcher.setup: '[a]'",
        "+hydra.x: 1", "hydra: '{run: {dir: x}}'", "hydra/launcher: slurm", "augment@hydra.callbacks: red",
        "'output=a,b': 1",
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["params: {%s}", "grids: [{seed: 1}, {%s}]"])
def test_nor_sweeps_over_one(swept, place):
    with pytest.raises(ConfigError, match=r" in mine\.yaml: "):
        check_values("mine.yaml", yaml.safe_load(f"{{hydra: {{sweeper: {{{place % swept}}}}}}}"))


@pytest.mark.parametrize("text", ["a: '${hydra.launcher}'", "a: ['${.hydra.job}']", "a: {b: 'x${[hydra].job.num}'}"])
def test_nothing_of_hydra_is_looked_up(text):
    with pytest.raises(ConfigError, match="looks up an option of Hydra"):
        check_values("mine.yaml", yaml.safe_load(text))


@pytest.mark.parametrize(
    "files",
    [
        {"hydra/callbacks/x": "x: {a: 1}\n", "study/mine": f"{GLOBAL}defaults: [{{override /hydra/callbacks: x}}]\n"},
        {"hydra/launcher/x": "workers: 1\n", "study/mine": f"{GLOBAL}defaults: [/hydra/launcher/x@hydra.launcher]\n"},
        {"augment/base_red": "p: 1\n", "study/mine": f"{GLOBAL}defaults: [{{override /augment: red}}]\n"},
        {"study/mine": f"{GLOBAL}defaults: [/hydra/launcher/local@hydra.callbacks.x]\n"},
        {"study/mine": f"{GLOBAL}defaults: [/scale/n4@hydra.callbacks.x]\n"},
        {"study/mine": f"{GLOBAL}defaults: [/scale/n4@hydra.job_logging]\n"},
        {"augment/x": "a: 1\n", "study/mine": f"{GLOBAL}defaults: [/augment/x@hydra.launcher.setup]\n"},
    ],
)
def test_no_file_stands_in_for_what_is_installed(files):
    assert told(files, "study=mine")


def test_a_path_that_leads_out_of_our_folders_does_not_make_a_file_ours(tmp_path):
    assert not is_foreign(str(conf_dir() / "augment/red.yaml"))
    assert not is_foreign(str(studies_dir() / "study/quick.yaml"))
    assert is_foreign(str(conf_dir() / os.path.relpath(tmp_path / "x.yaml", conf_dir())))
    assert is_foreign(f"{conf_dir()}_of_another/x.yaml")
    way = os.path.relpath(tmp_path, conf_dir())
    files = {"x": "output: called\n", "study/mine": f"{GLOBAL}defaults: [/{way}/groups/x@_global_]\n"}
    assert f"output in {tmp_path}/groups/x.yaml" in told(files, "study=mine")


def test_a_link_in_a_folder_of_ones_own_is_foreign(tmp_path):
    (tmp_path / "link").symlink_to(conf_dir())
    assert not is_foreign(str(tmp_path / "link/augment/red.yaml"))


def test_a_study_of_ones_own_is_taken():
    text = f"""\
{GLOBAL}defaults: [{{override /protocol: fixed_steps}}, _self_]
name: my-study_2
dataset: {{size: 48}}
protocol: {{length: 80}}
hydra:
  mode: MULTIRUN
  launcher: {{workers: 2}}
  sweeper: {{params: {{augment: "baseline,red", seed: range(3), augment.p: "0.5,1"}}, grids: [{{scale: "n1,n2"}}]}}
"""
    config = composed({"study/mine": text}, "study=mine", "output=elsewhere", "hydra.run.dir=there")
    assert (config.name, config.hydra.launcher.workers, config.output) == ("my-study_2", 2, "elsewhere")
    assert config.hydra.sweeper.params.augment == "baseline,red"


def test_the_command_line_is_trusted_for_folders():
    trial = compose(["output=a", "cache=b", "hydra.sweep.dir=c"])
    assert (trial.config.output, trial.config.cache) == ("a", "b")
