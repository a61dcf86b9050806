"""What a trial's strategy had learned before training, as its record tells it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from statistics import fmean

from segaug.augment.artefact import Artefact, Content, Keep, Tell
from segaug.experiment.artefacts.store import WAITING
from segaug.experiment.machine.stop import SafePoint, Stopped, nothing_to_stop
from segaug.results.store import Json

MOST_CHECKS = 64  # of a history: enough for a curve, and little beside the rest of a record


class Learned:
    """Obtains artefacts, and remembers those that know how good they are."""

    def __init__(self, obtain: Callable[[Artefact, Tell], Content], safe_point: SafePoint = nothing_to_stop) -> None:
        self._obtain, self._safe_point = obtain, safe_point
        self._facts: dict[str, tuple[str, Json]] = {}  # name -> kind and facts
        self._cpu_seconds: dict[str, dict[str, float]] = {}  # kind -> name -> of whoever made it
        self._made_here = 0  # things learned, or kept on the way
        self._waits = False  # for somebody else who makes one

    def obtain(self, artefact: Artefact) -> Content:
        """The content, as whoever was asked gives it."""

        def make(previous: Content | None, tell: Tell, keep: Keep) -> Content:
            def keep_and_count(snapshot: Callable[[], Content]) -> None:
                keep(lambda: self._counted(snapshot()))

            return self._counted(artefact.make(previous, tell, keep_and_count))

        content = self._obtain(replace(artefact, make=make), self._tell)
        self._waits = False
        if "health" in content.facts:
            self._facts[artefact.name] = artefact.kind, content.facts
        if "cpu_seconds" in content.facts:
            self._cpu_seconds.setdefault(artefact.kind, {})[artefact.name] = content.facts["cpu_seconds"]
        return content

    def _counted(self, content: Content) -> Content:
        self._made_here += 1
        return content

    def safe_point(self) -> None:
        """That of the trial; where it ends there, it is told whether anything was made for it until then, or is now."""
        try:
            self._safe_point()
        except Stopped as stopped:
            stopped.kept = self._made_here > 0 or self._waits
            raise

    def _tell(self, done: int, of: int, what: str) -> None:
        self._waits = what == WAITING
        self.safe_point()

    def facts(self) -> list[Json]:
        """The record's "learned": the same whoever made them."""
        return [
            {
                "artefact": name,
                "kind": kind,
                "updates": facts.get("updates"),
                "chosen_update": facts.get("chosen_update"),
                "health": facts["health"],
                **_history(facts),
            }
            for name, (kind, facts) in self._facts.items()
        ]

    @property
    def cpu_seconds(self) -> float | None:
        """What making them took whoever made them; None where nobody measured it."""
        seconds = [facts["cpu_seconds"] for _, facts in self._facts.values() if "cpu_seconds" in facts]
        return sum(seconds) if seconds else None

    @property
    def cpu_seconds_each(self) -> dict[str, float]:
        """Mean over the things of a kind, whether or not they know how good they are; nothing of those unmeasured."""
        return {kind: fmean(seconds.values()) for kind, seconds in self._cpu_seconds.items()}


def _history(facts: Json) -> Json:
    """How it went over the checks, where that is a list a quantity: evenly few of them, the last one among them."""
    history = facts.get("history")
    if not isinstance(history, Mapping):
        return {}
    step = -(-max(map(len, history.values()), default=0) // MOST_CHECKS) or 1
    return {"history": {name: values[::-step][::-1] for name, values in history.items()}}
