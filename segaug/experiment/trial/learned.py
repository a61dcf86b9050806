"""What a trial's strategy had learned before training, as its record tells it."""

from collections.abc import Callable, Mapping

from segaug.augment.artefact import Artefact, Content
from segaug.results.store import Json

MOST_CHECKS = 64  # of a history: enough for a curve, and little beside the rest of a record


class Learned:
    """Obtains artefacts, and remembers those that know how good they are."""

    def __init__(self, obtain: Callable[[Artefact], Content]) -> None:
        self._obtain = obtain
        self._facts: dict[str, tuple[str, Json]] = {}  # name -> kind and facts

    def obtain(self, artefact: Artefact) -> Content:
        """The content, as whoever was asked gives it."""
        content = self._obtain(artefact)
        if "health" in content.facts:
            self._facts[artefact.name] = artefact.kind, content.facts
        return content

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


def _history(facts: Json) -> Json:
    """How it went over the checks, where that is a list a quantity: evenly few of them, the last one among them."""
    history = facts.get("history")
    if not isinstance(history, Mapping):
        return {}
    step = -(-max(map(len, history.values()), default=0) // MOST_CHECKS) or 1
    return {"history": {name: values[::-step][::-1] for name, values in history.items()}}
