"""Whatever a configuration says, nothing of it is called, imported or unpickled."""

import os
import pickle
import re
import sys
import time
from pathlib import Path

import pytest
import yaml
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from segaug.cli import main as cli
from segaug.errors import ConfigError
from segaug.experiment.config.folders import conf_dir, studies_dir
from segaug.experiment.guard.config_file import check_text
from segaug.experiment.guard.data_only import STRUCTURE_OF_TEXT
from segaug.experiment.outside import compose

MARK = "called"
LAUGHS = "\n".join(["l0: &l0 [0]", *(f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 10)}]" for i in range(1, 12))])


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """An attack that works leaves a file here."""
    monkeypatch.chdir(tmp_path)


def refused(capsys, *words: str) -> str:
    """The one line that `segaug train` ends with; nothing was called before."""
    assert cli.main(["train", *words]) == 2
    told = capsys.readouterr().err
    assert told.startswith("segaug: error: ")
    assert told.count("\n") == 1
    assert not Path(MARK).exists()
    return told


CALL = "{_target_: os.mkdir, path: called}"
# The word `_target_` comes about only when this is resolved.
HIDDEN = """\
# @package _global_
defaults: [/augment/base_red@augment]
hydra: {callbacks: {x: "${oc.create:${oc.decode:\\"{_tar${oc.env:NOPE,''}get_: os.mkdir, path: called}\\"}}"}}
"""


@pytest.mark.parametrize(
    "override",
    [
        f"+hydra.callbacks.x={CALL}",
        "+hydra.callbacks.x._target_=hydra.experimental.callbacks.PickleJobInfoCallback",
        f"+hydra.launcher.x={CALL}",
        "hydra.launcher._target_=os.mkdir",
        f"+hydra.sweeper.x={CALL}",
        f"+augment.x={CALL}",
        f"+x=[[{CALL}]]",
        "+hydra.job_logging.handlers.x={class: antigravity.x}",
        "+hydra.hydra_logging.handlers.x={class: logging.StreamHandler, stream: 'ext://antigravity.x'}",
        "+hydra.hydra_logging.handlers.x={class: '${name}'}",
        "+hydra.job_logging.handlers.x={class: logging.StreamHandler, stream: '${name}'}",
        "hydra.searchpath=[pkg://antigravity]",
        "+hydra.callbacks.x={a: 1}",
        "hydra.launcher._target_=segaug.experiment.sweep.launcher.StudySweeper",
        "+hydra.launcher._partial_=true",
        "hydra.launcher.workers='${seed}'",
        r"+hydra.launcher.x=$\{seed\}",
        "+hydra.sweeper.params={seed: '${seed}'}",
        "+hydra.launcher.partition='a\ntouch called'",
        "+hydra.job.env_set.PYTHONPATH=called",
        "++hydra.job_logging.handlers.x={class: logging.FileHandler, filename: called}",
        "++hydra.job_logging.formatters={x: {format: 'touch called'}}",
    ],
)
def test_no_override_names_an_object(override):
    with pytest.raises(ConfigError) as told:
        compose([override])
    assert not Path(MARK).exists()
    assert override.lstrip("+").split("=")[0].split("._")[0] in str(told.value)


@pytest.mark.parametrize("many", [[], ["-m", "seed=0,1"]], ids=["one", "many"])
def test_a_command_with_an_object_ends_in_one_line(capsys, many):
    assert "hydra.callbacks.x._target_: names the Python object 'os.mkdir'" in refused(
        capsys, *many, f"+hydra.callbacks.x={CALL}"
    )


@pytest.mark.parametrize("verb", ["train", "plan", "prepare", "submit", "preview", "generate --out x", "data check"])
def test_no_command_makes_an_object_out_of_text(capsys, verb):
    file = Path("groups/augment/mine.yaml")
    file.parent.mkdir(parents=True)
    file.write_text(HIDDEN)
    folder = str(file.parents[1].resolve())
    own = verb in ("preview", "generate --out x", "data check")  # these compose by themselves
    searched = [[f"hydra.searchpath=[file://{folder}]"]] if own else []
    for where in (["--config-dir", folder], *searched):
        assert cli.main([*verb.split(), *where, "augment=mine"]) == 2
        assert re.search(r"line 3 in .*mine\.yaml: uses the resolver 'oc\.create'", capsys.readouterr().err)
    assert os.listdir() == ["groups"]


@pytest.mark.parametrize("words", [["--config-path", "pkg://antigravity"], ["-cp", "pkg://antigravity", "-cn", "x"]])
def test_no_package_is_imported_to_look_for_files(capsys, words):
    assert "would import the Python package" in refused(capsys, *words)
    assert "antigravity" not in sys.modules


def test_no_package_is_imported_that_a_file_names(capsys):
    Path("own.yaml").write_text("defaults: [base_config, _self_]\nhydra: {searchpath: ['pkg://antigravity']}\n")
    assert "would import" in refused(capsys, "--config-dir", str(Path.cwd()), "--config-name", "own")
    assert "antigravity" not in sys.modules


def test_omegaconf_makes_no_structure_of_text_any_more():
    compose([])
    left = [name for name in STRUCTURE_OF_TEXT if OmegaConf.has_resolver(name)]
    assert not left
    with pytest.raises(OmegaConfBaseException, match="Unsupported interpolation type"):
        OmegaConf.create({"x": "${oc.create:{a: 1}}"})["x"]


@pytest.mark.parametrize("flag", ["--experimental-rerun", "--exp", "--experimental-rerun=", "--ex="])
def test_no_pickled_job_is_run_again(capsys, flag):
    class Attack:
        def __reduce__(self):
            return Path.mkdir, (Path(MARK),)

    Path("job.pickle").write_bytes(pickle.dumps(Attack()))
    words = [f"{flag}job.pickle"] if flag.endswith("=") else [flag, "job.pickle"]
    assert "would load a pickle" in refused(capsys, *words)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("# @package _global_\nhydra:\n  callbacks:\n    x: {_target_: os.mkdir}\n", "line 4 .*has _target_"),
        ("# @package hydra.job_logging.handlers.x\n(): os.mkdir\npath: called\n", r"x\.\(\) in .*is Hydra's own"),
        ("a: 1\na: 2\n", "found duplicate key a in line 2"),
        ("3\n", "cannot be read"),
        (f"defaults: [base_red]\np: 0x{'f' * 9000}\n", "cannot be composed"),
        ("# @package a b\nspacing_px: 3\n", "cannot be read"),
    ],
)  # fmt: skip
def test_a_file_of_a_config_folder_is_data(capsys, text, told):
    file = Path("groups/augment/mine.yaml")
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert re.search(told, refused(capsys, "--config-dir", str(Path("groups").resolve()), "augment=mine"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("defaults: [base_red]\n_target_: os.mkdir\n", r"line 2 in .*mine\.yaml: has _target_"),
        ("spacing_px: !!python/object/apply:os.mkdir [called]\n", "line 1 in .* the tag 'tag:yaml.org,2002:python"),
        ("spacing_px: !!python/object/apply:pathlib.Path [called]\n", "which stands for a Python object"),
        ("spacing_px: !own 3\n", "has the tag '!own'"),
        ("? !!python/name:os.mkdir\n: 3\n", "has the tag"),
        ("a: [\n", r"mine\.yaml: is no valid YAML .* in line"),
        ("a: *b\n", "alias"),
        ("a: &a [*a]\n", r"alias \*a of nothing, or of itself"),
        ("a: " + "[" * 50 + "]" * 50, "nested deeper than 40"),
        ("a: '" + "x" * 1_000_000 + "'", "more than 1,000,000"),
        (LAUGHS, "grows to over"),
        ("a: \x01\n", "is no valid YAML"),
    ],
)  # fmt: skip
def test_text_that_is_no_plain_data_is_refused_before_it_is_built(text, told):
    start = time.monotonic()
    with pytest.raises(ConfigError) as error:
        check_text("mine.yaml", text)
    assert re.search(told, str(error.value)), error.value
    assert time.monotonic() - start < 5


def test_bytes_that_are_no_text_are_refused(capsys):
    file = Path("groups/augment/mine.yaml")
    file.parent.mkdir(parents=True)
    file.write_bytes(b"spacing_px: \xff\xfe\n")
    assert "cannot be read" in refused(capsys, "--config-dir", str(Path("groups").resolve()), "augment=mine")


def test_a_group_of_ones_own_is_taken(capsys):
    file = Path("groups/augment/mine.yaml")
    file.parent.mkdir(parents=True)
    file.write_text("defaults: [base_red, _self_]\nspacing_px: 8\n")
    assert cli.main(["train", "--config-dir", str(Path("groups").resolve()), "augment=mine", "--cfg", "job"]) == 0
    assert "spacing_px: 8" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["default", "disabled", "none", "stdout"])
def test_the_logging_that_hydra_offers_is_taken(name):
    assert compose([f"hydra/job_logging={name}", "scale=n2"]).config.scale.size == 2


def test_every_file_that_we_ship_is_data():
    files = [*conf_dir().rglob("*.yaml"), *studies_dir().rglob("*.yaml")]
    assert files
    for file in files:
        check_text(str(file), file.read_text())


def test_aliases_are_counted_as_often_as_they_are_filled_in():
    text = "\n".join(["a: &a [0, 0, 0]", "b: &b [*a, *a]", "c: [*b, {d: *b}]"])
    check_text("x", text)
    assert yaml.safe_load(text)["c"][1]["d"] == [[0, 0, 0]] * 2
    with pytest.raises(ConfigError, match="alias"):
        check_text("x", "a: [*b]\nb: &b 3")
