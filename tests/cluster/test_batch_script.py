"""The batch script says what a user of hydra-submitit-launcher expects, runs our worker, and nothing that a value says.

The options below are those that submitit 1.5.4 wrote for the same settings.
"""

import shlex
import subprocess
from pathlib import Path

import pytest

from segaug.cluster.batch_script import batch_script
from segaug.cluster.scheduler import Array
from segaug.cluster.settings import JobSettings
from segaug.errors import ConfigError

FOLDER = Path("/home/a b/results/pilot/submissions/001-ab")
LOG = f"--output='{FOLDER}/logs/%A_%a_0_log.out'"
ALL = {
    "partition": "gpu", "timeout_min": 90, "cpus_per_task": 4, "gpus_per_node": 2, "mem_gb": 1.5, "account": "lab",
    "qos": "low", "constraint": "a100|h100", "signal_delay_s": 33, "setup": ["module load cuda", "export A='b c'"],
    "additional_parameters": {
        "exclude": "n[1-3]", "mail_type": "END", "comment": "it's a \"test\" #1", "exclusive": True, "nice": 100,
    },
}  # fmt: skip


def text(settings=None, folder=FOLDER, name="segaug-pilot-001-ab", first=0, tasks=3, parallel=256):
    return batch_script(JobSettings(**(settings or {})), Array(folder, name, first, tasks, parallel))


def options(script):
    return [line.removeprefix("#SBATCH ") for line in script.splitlines() if line.startswith("#SBATCH ")]


def commands(script):
    return [line for line in script.splitlines() if line and not line.startswith("#")]


def test_of_defaults():
    assert options(text()) == [
        "--array=0-2%3", "--cpus-per-task=1", "--job-name=segaug-pilot-001-ab", "--nodes=1", "--ntasks-per-node=1",
        "--open-mode=append", LOG, "--requeue", "--signal=USR2@120", "--time=240",
    ]  # fmt: skip


def test_of_everything():
    script = text(ALL, name="segaug-my study-002-cd", first=1000, tasks=7, parallel=3)
    assert options(script) == [
        "--account=lab", "--array=0-6%3", "--comment='it'\"'\"'s a \"test\" #1'", "--constraint='a100|h100'",
        "--cpus-per-task=4", "--exclude='n[1-3]'", "--exclusive", "--gpus-per-node=2",
        "--job-name='segaug-my study-002-cd'", "--mail-type=END", "--mem=1536M", "--nice=100", "--nodes=1",
        "--ntasks-per-node=1", "--open-mode=append", LOG, "--partition=gpu", "--qos=low", "--requeue",
        "--signal=USR2@33", "--time=90",
    ]  # fmt: skip
    setup, more, run = commands(script)
    assert [setup, more] == ALL["setup"]
    assert run.startswith(
        "srun --unbuffered --output '/home/a b/results/pilot/submissions/001-ab/logs/%A_%a_%t_log.out' "
    )
    assert run.endswith(
        "segaug.cluster.worker '/home/a b/results/pilot/submissions/001-ab' $((1000 + SLURM_ARRAY_TASK_ID))"
    )
    assert " --cpus-per-task=4 " in run


def test_further_options_win_under_either_spelling_and_false_leaves_one_out():
    found = options(
        text({"additional_parameters": {"time": 5, "cpus_per_task": 2, "open-mode": None, "requeue": False}})
    )
    assert {"--time=5", "--cpus-per-task=2"} <= set(found)
    assert not [one for one in found if one.startswith(("--requeue", "--open-mode", "--time=240", "--cpus-per-task=1"))]


def test_nothing_is_a_pickle():
    assert "submitit" not in text()
    assert ".pkl" not in text()


@pytest.mark.parametrize(
    "settings",
    [
        {"partition": "gpu\n#SBATCH --uid=0"},
        {"account": "lab\r\ntouch /tmp/x"},
        {"constraint": "a\x1b[31m"},
        {"additional_parameters": {"comment": "a\nrm -rf ~"}},
        {"additional_parameters": {"comment=x\ntouch /tmp/x\n#": "y"}},
        {"additional_parameters": {"wrap = 'x'": 1}},
        {"additional_parameters": {"": 1}},
    ],
)
def test_no_value_begins_a_line_of_its_own(settings):
    with pytest.raises(ConfigError, match=r"hydra\.launcher.*; (leave out|name it)"):
        text(settings)


@pytest.mark.parametrize("name", ["a\nb", "a\u2028b"])
def test_no_name_does_either(name):
    with pytest.raises(ConfigError, match="job-name"):
        text(name=name)


HOSTILE = "/tmp/$(touch x) `y` 'z' \"q\"; #50%a"


def test_a_folder_is_one_word_to_the_shell_and_no_pattern_to_slurm():
    script = text(folder=Path(HOSTILE))
    words = shlex.split(commands(script)[-1])
    assert HOSTILE in words
    assert f"{HOSTILE.replace('%', '%%')}/logs/%A_%a_%t_log.out" in words
    (output,) = [shlex.split(one) for one in options(script) if one.startswith("--output")]
    assert output == [f"--output={HOSTILE.replace('%', '%%')}/logs/%A_%a_0_log.out"]


def test_a_shell_takes_the_script_as_it_is_meant(tmp_path):
    shown = f"srun() {{ printf '%s\\n' \"$@\"; }}\n{text({'setup': ['A=1']}, folder=Path(HOSTILE), first=7)}"
    done = subprocess.run(
        ["bash", "-u"], input=shown, env={"SLURM_ARRAY_TASK_ID": "2"}, cwd=tmp_path, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[-3:] == ["segaug.cluster.worker", HOSTILE, "9"]
    assert not list(tmp_path.iterdir())
