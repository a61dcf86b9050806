"""The batch script says what a user of hydra-submitit-launcher expects, and runs our worker, not a pickle."""

from pathlib import Path

from segaug.cluster.script import script
from segaug.cluster.settings import SlurmSettings


def text(**settings):
    return script(SlurmSettings(**settings), Path("/s/001-ab cd"), name="segaug-x", first=1000, tasks=7, parallel=3)


def test_resources_become_options():
    lines = text(
        partition="gpu", timeout_min=90, cpus_per_task=4, gpus_per_node=2, mem_gb=1.5, account="lab", qos="low",
        constraint="a100", signal_delay_s=33, setup=["module load cuda"], additional_parameters={"exclude": "n1"},
    ).splitlines()  # fmt: skip
    for option in (
        "partition=gpu", "time=90", "cpus-per-task=4", "gpus-per-node=2", "mem=1536M", "account=lab", "qos=low",
        "constraint=a100", "signal=USR2@33", "array=0-6%3", "requeue", "exclude=n1", "open-mode=append",
    ):  # fmt: skip
        assert f"#SBATCH --{option}" in lines
    assert lines.index("module load cuda") < next(n for n, line in enumerate(lines) if line.startswith("srun"))


def test_the_command_is_our_worker():
    assert "-m segaug.cluster.worker '/s/001-ab cd' $((1000 + SLURM_ARRAY_TASK_ID))" in text()
    assert "submitit.core" not in text()
    assert ".pkl" not in text()
