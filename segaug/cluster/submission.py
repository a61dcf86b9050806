"""One submission to a cluster, on disk: what was asked for, frozen, and which jobs were made of it.

results/<study>/submissions/<number>-<digest>/trials.json       the trials and their configs: never changed
                                              submission.json   facts, resources and packs: never changed
                                              jobs/<first>.json  an array that was sent: {"job", "first", "tasks"}
                                              array-<first>.sh  its batch script
                                              logs/             what the jobs print
"""

import dataclasses
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from omegaconf.errors import OmegaConfBaseException

from segaug.cluster.frozen import config_of, plain_config
from segaug.cluster.scheduler import Cluster, Scheduler, task_name
from segaug.cluster.schedulers import scheduler_named
from segaug.cluster.settings import JobSettings
from segaug.cluster.submission_files import Facts, Job, Trials, damaged, read
from segaug.errors import DataError, UserError
from segaug.experiment.config.identity import digest
from segaug.experiment.config.trial import Trial
from segaug.experiment.planned.plan import Plan, Planned
from segaug.files import write_atomic
from segaug.results.inside import inside
from segaug.results.keys import CURVE
from segaug.results.left_out import tell
from segaug.results.record import SCHEMA, convert_or_say
from segaug.results.store import Json

FOLDER = "submissions"
FACTS, TRIALS = "submission.json", "trials.json"
_VARIES = ("scale", "seed")


@dataclass(frozen=True)
class Submission:
    """A folder under submissions/."""

    folder: Path

    @property
    def study(self) -> Path:
        """Folder of the study."""
        return self.folder.parents[1]

    def facts(self) -> Json:
        """The content of submission.json."""
        return read(self.folder / FACTS, Facts)

    def settings(self) -> JobSettings:
        """Resources of its jobs."""
        return convert_or_say(self.facts()["settings"], JobSettings)

    def scheduler(self) -> Scheduler:
        """Where it was sent."""
        return scheduler_named(self.facts().get("scheduler", "slurm"), str(self.folder))  # once there was one only

    def jobs(self) -> list[Json]:
        """Its arrays of jobs that can be read; the others are named."""
        packs = len(self.facts()["packs"])
        jobs: list[Json] = []
        left_out = []
        for path in sorted(inside(self.folder, "jobs").glob("[!.]*.json")):
            try:
                job = read(path, Job)
                if job["first"] + job["tasks"] > packs:
                    raise damaged(path, f"is of more than {packs} packs")
                jobs.append(job)
            except DataError as error:
                left_out.append(error)
        tell(left_out)
        return jobs

    def sent(self, job: str, first: int, tasks: int) -> None:
        """Note that the packs first .. first + tasks - 1 are the tasks of a job."""
        entry = {"schema": SCHEMA, "job": job, "first": first, "tasks": tasks}
        write_atomic(inside(self.folder, "jobs", f"{first:05d}.json"), json.dumps(entry).encode())

    def job_names(self) -> list[str]:
        """The task of each pack, "12_3"; "" if it was not sent."""
        names = [""] * len(self.facts()["packs"])
        for job in self.jobs():
            for place in range(job["tasks"]):
                names[job["first"] + place] = task_name(job["job"], place)
        return names

    def alive(self) -> list[str]:
        """Its tasks that are waiting or running."""
        return self.scheduler().alive(job["job"] for job in self.jobs())

    def trials(self, ids: Iterable[str] | None = None) -> list[tuple[Planned, str]]:
        """Its trials, or some of them in their order, each with the content hash of its task."""
        held = self._trials()
        entries = {entry[0]: entry for entry in held["trials"]}
        try:
            shared = [_shared_trial(config) for config in held["configs"]]
            return [_planned(entries[trial], shared) for trial in (entries if ids is None else ids)]
        except (UserError, OmegaConfBaseException, LookupError, TypeError, ValueError) as error:
            raise damaged(self.folder / TRIALS, f"holds no configuration of this segaug ({error})") from error

    def keys(self, ids: Iterable[str]) -> list[Json]:
        """How failures name some of its trials, also where their configs cannot be read any more."""
        held = self._trials()
        rows = {entry[0]: entry for entry in held["trials"]}
        return [_key(rows[trial], held["configs"][rows[trial][1]]) for trial in ids if trial in rows]

    def digest(self) -> str:
        """Of what must not change: the trials as they lie on disk, and the packs."""
        return digest([self._trials(), self.facts()["packs"]])[:8]

    def _trials(self) -> Json:
        return read(self.folder / TRIALS, Trials)


def submissions(study: Path) -> list[Submission]:
    """All of a study that can be read, the oldest first; the others are named."""
    readable, left_out = [], []
    for path in sorted(inside(study, FOLDER).glob(f"*/{FACTS}")):
        try:
            submission = Submission(inside(study, FOLDER, path.parent.name))
            inside(submission.folder, "jobs")
            submission.scheduler()
            readable.append(submission)
        except UserError as error:
            left_out.append(error)
    tell(left_out)
    return readable


def create(study: Path, plan: Plan, packs: Sequence[Sequence[str]], cluster: Cluster, facts: Json) -> Submission:
    """Write a new submission; packs: ids of trials of the plan."""
    chosen = {planned.id: planned for planned in plan.trials}
    trials = _frozen([chosen[trial] for pack in packs for trial in pack], plan)
    sent = {"scheduler": cluster.scheduler.name, "settings": dataclasses.asdict(cluster.settings)}
    content = {"schema": SCHEMA, **facts, **sent, "packs": [list(pack) for pack in packs]}
    folder = _new_folder(inside(study, FOLDER), digest([trials, content["packs"]])[:8])
    write_atomic(folder / TRIALS, json.dumps(trials).encode())
    (folder / "logs").mkdir()  # srun does not make it
    write_atomic(folder / FACTS, json.dumps(content, indent=1).encode())
    return Submission(folder)


def _new_folder(home: Path, name: str) -> Path:
    for number in count(1):
        if any(home.glob(f"{number:03d}-*")):
            continue
        folder = home / f"{number:03d}-{name}"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise DataError(file=home, problem=f"cannot be written ({error.strerror})", fix="use output=...") from error
        return folder
    raise AssertionError("count() has no end")


def _frozen(trials: Sequence[Planned], plan: Plan) -> Json:
    """Each config once; trials point to it, with their size and seed."""
    configs: list[Json] = []
    places: dict[tuple[object, ...], int] = {}
    kept = []  # the objects whose id() names them
    entries = []
    for planned in trials:
        config, curve = planned.trial.config, planned.trial.curve
        parts = (config.dataset, config.model, config.augment, config.protocol)
        key = (*curve, *map(id, parts))
        if key not in places:
            kept.append(parts)
            places[key] = len(configs)
            shared = {key: value for key, value in plain_config(config).items() if key not in _VARIES}
            names = dict(zip(CURVE, curve, strict=True))
            configs.append({**names, "content": plan.tasks[planned.trial.task].content_hash, "config": shared})
        entries.append([planned.id, places[key], planned.size, config.seed])
    return {"schema": SCHEMA, "configs": configs, "trials": entries}


def _key(entry: Sequence[object], shared: Json) -> Json:
    names = {name: shared[name] for name in CURVE}
    return {"id": entry[0], **names, "size": entry[2], "seed": entry[3]}


def _shared_trial(entry: Json) -> tuple[Trial, str]:
    config = config_of({**entry["config"], "scale": {"size": None}, "seed": 0})
    return Trial(config, entry["task"], entry["model"], entry["strategy"]), entry["content"]


def _planned(entry: list[object], shared: Sequence[tuple[Trial, str]]) -> tuple[Planned, str]:
    name, place, size, seed = entry
    assert isinstance(place, int) and isinstance(size, int) and isinstance(seed, int)  # noqa: PT018  the digest holds
    trial, content = shared[place]
    return Planned(trial.at(size=size, seed=seed), str(name)), content
