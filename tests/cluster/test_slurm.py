"""What is read from Slurm's answers, and what a user reads where it refuses."""

import getpass
import os
import shutil

import pytest

from segaug.cluster import slurm as slurm_module
from segaug.cluster.scheduler import JobHere, Limits
from segaug.cluster.slurm import Slurm, SlurmError, call


@pytest.fixture
def answers(monkeypatch):
    """Command -> its answer, or what Slurm refuses it with; and the commands that were asked, as `asked`."""
    answers = {"asked": []}

    def answer(*command):
        answers["asked"].append(command)
        words = answers[command[0]]
        if isinstance(words, Exception):
            raise words
        return words(*command[1:]) if callable(words) else words

    monkeypatch.setattr(slurm_module, "call", answer)
    return answers


@pytest.mark.parametrize(
    ("config", "associations", "limits"),
    [
        ("MaxArraySize            = 4\nMaxJobCount = 9\n", "70\n\n50\n", Limits(4, 50)),
        ("MaxArraySize = 0", "\n\n", Limits(1, None)),
        ("MaxJobCount = 9", SlurmError("sacctmgr: no accounting"), Limits(1001, None)),
    ],
)
def test_limits_are_the_tightest_that_is_known(answers, config, associations, limits):
    answers |= {"scontrol": config, "sacctmgr": associations}
    assert Slurm().limits() == limits
    assert f"user={getpass.getuser()}" in answers["asked"][1]


def test_each_task_of_the_user_counts_as_queued(answers):
    answers["squeue"] = "12_0\n12_1\n13\n"
    assert Slurm().queued() == 3
    ((_, *words),) = answers["asked"]
    assert words == ["-h", "-r", "-u", getpass.getuser(), "-o", "%i"]


@pytest.mark.parametrize("answer", ["12\n", "12;cluster\n"])
def test_a_job_is_named_without_its_cluster(answers, answer, tmp_path):
    answers["sbatch"] = answer
    assert Slurm().submit(tmp_path / "array.sh") == "12"
    assert answers["asked"] == [("sbatch", "--parsable", str(tmp_path / "array.sh"))]


def test_of_no_job_nobody_asks(answers):
    assert Slurm().alive([]) == []
    assert not answers["asked"]


def test_jobs_that_slurm_has_forgotten_hide_no_others(answers):
    def squeue(*words):
        jobs = words[words.index("-j") + 1].split(",")
        if "11" in jobs:
            raise SlurmError("squeue: slurm_load_jobs error: Invalid job id specified")
        return "".join(f"{job}_0\n" for job in jobs)

    answers["squeue"] = squeue
    assert Slurm().alive(["13", "11", "12", "12"]) == ["12_0", "13_0"]
    assert Slurm().alive(["11"]) == []
    assert Slurm().alive(["13", "12", "12"]) == ["12_0", "13_0"]


def test_a_controller_that_does_not_answer_is_no_empty_queue(answers):
    answers["squeue"] = SlurmError("squeue: Unable to contact slurm controller")
    with pytest.raises(SlurmError):
        Slurm().alive(["12", "13"])
    assert Slurm().may_leave("12_0") is False


@pytest.mark.parametrize(
    ("state", "may"), [("RUNNING\n", True), ("COMPLETING\n", False), ("PENDING\n", False), ("", False)]
)
def test_only_a_running_task_is_its_own_master(answers, state, may):
    answers["squeue"] = state
    assert Slurm().may_leave("12_3") is may
    assert answers["asked"] == [("squeue", "-h", "-j", "12_3", "-o", "%T")]


def test_jobs_are_ended_and_requeued_by_name(answers):
    answers |= {"scancel": "", "scontrol": ""}
    Slurm().cancel(["12", "13"])
    Slurm().requeue("12_3")
    assert answers["asked"] == [("scancel", "12", "13"), ("scontrol", "requeue", "12_3")]


@pytest.mark.parametrize(
    ("variables", "job"),
    [
        ({}, None),
        ({"SLURM_JOB_ID": "15"}, JobHere("15", 0, None)),
        ({"SLURM_JOB_ID": "15", "SLURM_ARRAY_JOB_ID": "12", "SLURM_ARRAY_TASK_ID": "0"}, JobHere("12_0", 0, None)),
        ({"SLURM_JOB_ID": "15", "SLURM_ARRAY_JOB_ID": "12"}, JobHere("15", 0, None)),
        ({"SLURM_JOB_ID": "15", "SLURM_RESTART_COUNT": "2", "SLURM_JOB_END_TIME": "99"}, JobHere("15", 2, 99.0)),
    ],
)
def test_the_job_that_one_is_in(monkeypatch, variables, job):
    for name in [name for name in os.environ if name.startswith("SLURM_")]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert Slurm().here() == job


def test_a_machine_without_sbatch_cannot_send(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SlurmError, match="there is no sbatch on this machine; type the command on a login node"):
        Slurm().require()
    monkeypatch.setattr(shutil, "which", {"sbatch": "/usr/bin/sbatch"}.get)
    Slurm().require()


def test_a_command_answers_with_what_it_prints():
    assert call("sh", "-c", "echo 12; echo a warning >&2") == "12\n"


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo 'sh: error: invalid partition specified: x' >&2; exit 1",
         "sh: invalid partition specified: x; choose one that `sinfo -s` lists with hydra.launcher.partition=NAME"),
        ("echo 'error: Unable to contact slurm controller (connect failure)' >&2; exit 1",
         "sh: Unable to contact slurm controller (connect failure); try again later: the controller of the cluster "
         "does not answer"),
        ("echo 'first: Requested node configuration is not available' >&2; echo last >&2; exit 1",
         "sh: last; ask for less: no node has these cores, memory, GPUs or features"),
        ("echo 'sh: error: what is this' >&2; exit 3", "sh: what is this; see `man sh`"),
        ("exit 1", "sh: no message; see `man sh`"),
    ],
)  # fmt: skip
def test_a_refusal_is_quoted_with_what_to_do(script, told):
    with pytest.raises(SlurmError) as error:
        call("sh", "-c", script)
    assert str(error.value) == told


def test_a_command_that_is_missing_or_late_is_named(monkeypatch):
    with pytest.raises(SlurmError, match="there is no squeue-of-nobody on this machine"):
        call("squeue-of-nobody")
    monkeypatch.setattr(slurm_module, "PATIENCE_S", 0.05)
    with pytest.raises(SlurmError, match=r"sleep did not answer within 0\.05 s; try again later"):
        call("sleep", "5")
