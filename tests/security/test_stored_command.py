"""`segaug retry` repeats the command of a study that may be a stranger's: it chooses trials, and runs no shell."""

import os
import shlex

import pytest

from segaug.cli import main as cli
from segaug.cluster import retry
from segaug.errors import ConfigError
from segaug.experiment.guard.stored_command import check_stored
from segaug.results.store import Store

SHELL = "hydra.launcher.setup=[touch stolen]"


@pytest.mark.parametrize(
    "word",
    [
        "study=scaling_study", "augment=red,genda", "augment.p=choice(0.2,0.5)", "seed=range(3)",
        "hydra/launcher=slurm", "hydra.launcher.partition=gpu", "hydra.launcher.timeout_min=600", "name=main",
        "shard=1/4", "+protocol.x={a:1}",
        "hydra.sweeper.params.seed='1,2'", "dataset.root='/data/my images'", "augment.p=${model.p}",
    ],
)  # fmt: skip
def test_what_a_file_may_say_is_repeated(word):
    check_stored([word], "study")


@pytest.mark.parametrize(
    "word",
    [
        SHELL, "++hydra.launcher.setup=[x]", "+hydra.launcher.additional_parameters.wrap=x",
        "hydra.launcher={setup:[x]}", "hydra={launcher:{setup:[x]}}",
        "hydra.sweeper.params.hydra.launcher.setup='[x],[y]'", "hydra.launcher.setup=[x],[y]",
        "hydra.searchpath=[file:///tmp]", "hydra.run.dir=/tmp/x", "+hydra.callbacks.x.a=1", "hydra.job.chdir=true",
        "augment@hydra.launcher=red", "+augment@hydra.launcher.setup=red", "+augment@hydra=red", "$hydra.x=1",
        "output=/tmp/x", "++cache=/tmp/x", "name=../x", "name=a,../b", "augment.p=${hydra.launcher.setup}",
        "augment.p=${oc.create:x}", "augment.p=${", "--config-dir", "--config-dir=/tmp", "-cd", "/tmp", "--multi",
        "-mcd",
        "--experimental-rerun=x", "hydra.launcher[setup]=[x]", "", "a", "a=b=c,'",
    ],
)  # fmt: skip
def test_what_no_file_may_say_is_refused(word):
    with pytest.raises(ConfigError, match=r" in study: .*; "):
        check_stored([word], "study")


@pytest.fixture
def study(tmp_path, monkeypatch):
    """With one failed trial; says what command it has.  Nothing is composed."""
    monkeypatch.chdir(tmp_path)
    trial = {"id": "a" * 16, "task": "t", "model": "m", "strategy": "s", "size": 1, "seed": 0}
    monkeypatch.setattr(retry, "wanted", lambda *_: {trial["id"]})
    ran = []
    monkeypatch.setattr("segaug.cli.retry.run_app", lambda verb, overrides, *_: ran.append(overrides))

    def asked(*words: str) -> list:
        Store(tmp_path / "a, b").add_plan({"trials": [trial], "command": shlex.join(words)})
        return ran

    return asked


def test_the_shell_of_a_stranger_is_refused_and_ones_own_takes_a_word(study, capsys):
    ran = study("segaug", "train", "-m", "seed=1,2", SHELL, "output=/elsewhere")
    assert cli.main(["retry", "a, b"]) == 2
    told = capsys.readouterr()
    assert not ran
    assert "hydra.launcher.setup in a, b: would become part of a shell script" in told.err
    assert "--trust" in told.err
    assert SHELL in shlex.split(told.out), "what was refused can be read"
    assert cli.main(["retry", "a, b", "--trust"]) == 0
    assert ran.pop() == ["-m", "seed=1,2", SHELL, "output='a, b'"]
    assert cli.main(["retry", "a, b", "hydra.launcher.setup=[module load cuda]"]) == 0, "typed anew"
    assert ran.pop() == ["-m", "seed=1,2", "output='a, b'", "hydra.launcher.setup=[module load cuda]"]


def test_a_folder_of_configs_is_typed_anew_or_trusted(study, capsys):
    ran = study("segaug", "train", "-m", "--config-dir=mine", "seed=1,2")
    assert cli.main(["retry", "a, b"]) == 2
    assert "--config-dir=mine in a, b: is no option of a trial" in capsys.readouterr().err
    assert cli.main(["retry", "a, b", "--trust"]) == 0
    assert ran.pop() == ["-m", "--config-dir=mine", "seed=1,2", "output='a, b'"]
    assert cli.main(["retry", "a, b", "--config-dir", "ours", "seed=1"]) == 0
    assert ran.pop() == ["--config-dir=ours", "-m", "output='a, b'", "seed=1"]


def test_what_may_be_repeated_is(study):
    ran = study("segaug", "train", "-m", "seed=1,2", "hydra/launcher=slurm", "++output=/elsewhere")
    assert cli.main(["retry", "a, b"]) == 0
    assert ran == [["-m", "seed=1,2", "hydra/launcher=slurm", "output='a, b'"]]


@pytest.mark.parametrize("words", [[], ["rm", "-rf", "x"]])
def test_what_is_no_command_of_ours_is_not_repeated(study, words, capsys):
    ran = study(*words)
    assert cli.main(["retry", "a, b"]) == 2
    assert "holds no `segaug train` command" in capsys.readouterr().err
    assert cli.main(["status", "a, b"]) == 1
    assert "to go on: the same `segaug train` command" in capsys.readouterr().out
    assert not ran
    assert os.listdir() == ["a, b"]
