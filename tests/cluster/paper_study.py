"""A study whose trials nobody trains: sent to a queue of paper, finished and failed when a test says so."""

import dataclasses
from collections.abc import Sequence
from types import SimpleNamespace

from segaug.cluster.frozen import code_hash
from segaug.cluster.scheduler import Array, Cluster
from segaug.cluster.settings import JobSettings
from segaug.cluster.submission import Submission, create
from segaug.experiment.config.identity import digest, trial_id
from segaug.experiment.planned.plan import Plan, Planned
from segaug.experiment.trial.attempt import fail
from segaug.results.store import Json, Store
from tests.cluster.paper_queue import PaperQueue
from tests.synthetic import record

CONTENT = "c" * 16  # hash of the data set, which lies nowhere


class PaperStudy:
    """Its trials differ in size, seed and names; their configs are those of `trial`."""

    def __init__(self, folder, trial, queue: PaperQueue) -> None:
        self.trial, self.store, self.queue = trial.in_folder(str(folder)), Store(folder), queue

    def planned(self, seed: int = 0, size: int = 1, **names: str) -> Planned:
        """A trial; names: of its model and strategy, where they are to be others."""
        trial = dataclasses.replace(self.trial, **names).at(size=size, seed=seed)
        identity = trial_id(trial, CONTENT)
        return Planned(trial, digest([identity, names]) if names else identity)

    def plan(self, *trials: Planned) -> Plan:
        return Plan(trials, (), {self.trial.task: SimpleNamespace(content_hash=CONTENT)})

    def send(
        self, *packs: Sequence[Planned], attempts: dict | None = None, seconds: float = 1.0, **settings
    ) -> Submission:
        """A submission whose packs are the tasks of one array; seconds: forecast of each trial."""
        cluster = Cluster(self.queue, JobSettings(**settings))
        facts = {
            "code": code_hash(),
            "attempts": attempts or {},
            "forecast": {"source": "a guess", "seconds": [[seconds] * len(pack) for pack in packs]},
        }
        plan = self.plan(*(planned for pack in packs for planned in pack))
        ids = [[planned.id for planned in pack] for pack in packs]
        made = create(self.store.folder, plan, ids, cluster, facts)
        script = made.folder / "array-00000.sh"
        script.write_text(self.queue.script(cluster.settings, Array(made.folder, "study", 0, len(packs), 1)))
        made.sent(self.queue.submit(script), 0, len(packs))
        return made

    def record(self, planned: Planned) -> Json:
        """What a trial leaves that is done."""
        task, model, strategy = planned.trial.curve
        law = record(task, model, strategy, planned.size, planned.trial.config.seed)
        return law | {"id": planned.id}

    def finish(self, planned: Planned) -> Json:
        return self.store.write_record(self.record(planned))

    def fail(self, planned: Planned, kind: str = "error") -> Json:
        return fail(self.store, planned.key(), "e", "", kind)
