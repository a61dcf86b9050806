"""What the commands of Slurm answer, without Slurm: a controller that takes arrays of two tasks and starts nothing."""

import re
from pathlib import Path

from segaug.cluster.slurm import SlurmError


class SlurmStandIn:
    """In the place of `segaug.cluster.slurm.call`."""

    name = "slurm"

    def __init__(self) -> None:
        self.tasks: dict[str, list[str]] = {}
        self.sent: list[str] = []
        self.limit: int | None = None
        self.broken = False

    def __call__(self, *command: str) -> str:
        if self.broken:
            raise SlurmError(f"{command[0]}: Unable to contact slurm controller; try again later")
        return str(getattr(self, command[0])(*command[1:]))

    def scontrol(self, *words: str) -> str:
        return "MaxArraySize            = 2\n"

    def sacctmgr(self, *words: str) -> str:
        if self.limit is None:
            raise SlurmError("sacctmgr: accounting is off")
        return f"{self.limit}\n"

    def sbatch(self, parsable: str, script: str) -> str:
        options = re.search(r"--array=0-(\d+)%", Path(script).read_text())
        assert options is not None
        job = str(100 + len(self.sent))
        self.sent.append(job)
        self.tasks |= {f"{job}_{place}": [] for place in range(int(options[1]) + 1)}
        return f"{job};cluster\n"

    def squeue(self, *words: str) -> str:
        if "-j" not in words:
            return "\n".join(self.tasks)
        asked = words[words.index("-j") + 1].split(",")
        found = [task for task in self.tasks if task.partition("_")[0] in asked]
        if not found:
            raise SlurmError("squeue: Invalid job id specified")
        return "\n".join(found)

    def scancel(self, *jobs: str) -> str:
        self.tasks = {task: words for task, words in self.tasks.items() if task.partition("_")[0] not in jobs}
        return ""
