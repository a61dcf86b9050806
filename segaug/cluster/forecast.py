"""How long trials take, from finished ones."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

import orjson
from msgspec import ValidationError, convert

from segaug.errors import ConfigError, DataError
from segaug.experiment.artefacts.make_all import survey as survey_artefacts
from segaug.experiment.planned.plan import Plan, Planned
from segaug.experiment.planned.progress import images_seen
from segaug.results.keys import curve_of
from segaug.results.pooled import added_images
from segaug.results.snapshot import Snapshot
from segaug.results.store import Json, Store
from segaug.results.trial_columns import Trial, read_trials
from segaug.training.protocol import Protocol
from segaug.ways import PLAIN

SECONDS_PER_PIXEL = 2e-6  # of an image that is trained on, by one core: where nothing was measured
Key = tuple[object, ...]


@dataclass(frozen=True)
class Forecast:
    """Seconds of a trial, from the medians of finished trials that are like it, the most alike first."""

    seconds_of: Mapping[Key, float]  # of a whole trial, or of a pixel; without learning
    source: str
    learning_of: Mapping[str, float] = field(default_factory=dict)  # seconds, by id of the trial that learns first

    def seconds(self, planned: Planned) -> float:
        """Forecast of one trial, with what it has to learn before its training."""
        return self._training(planned) + self.learning_of.get(planned.id, 0.0)

    def _training(self, planned: Planned) -> float:
        task, model, strategy = planned.trial.curve
        protocol, side = planned.trial.config.protocol, planned.trial.config.dataset.size
        same = ("trial", task, model, strategy, planned.size, _budget(protocol))
        if same in self.seconds_of:
            return self.seconds_of[same]
        rates = _rates(model, strategy, _precision(protocol))
        rate = next((self.seconds_of[key] for key in rates if key in self.seconds_of), SECONDS_PER_PIXEL)
        return rate * pixels(protocol, planned.size, side, planned.added)


def pixels(protocol: Protocol, size: int, side: int, added: int = 0) -> float:
    """Pixels that a network sees in training, of images with this side: what its time is proportional to."""
    return images_seen(protocol, size, added) * (protocol.patch or side) ** 2


def forecast_of(
    study: Store, models: Iterable[str], plan: Plan | None = None, left: Sequence[Planned] = ()
) -> Forecast:
    """From this study; where it has no finished trial, from whichever beside it has most of these models.

    plan, left: trials of a plan that are to be run, of which some will learn what is not there yet; None: it all is.
    """
    forecast = _from_trials(study, models)
    return forecast if plan is None else replace(forecast, learning_of=_to_learn(forecast, plan, left))


def _to_learn(forecast: Forecast, plan: Plan, left: Sequence[Planned]) -> dict[str, float]:
    """Seconds of learning, each thing once, by the id of the first of these trials that needs it.

    Only strategies of which a trial has told what its learning took are asked what they need: it takes their images.
    """
    here = (planned for planned in left if planned.trial.task in plan.tasks)
    learners = [planned for planned in here if _key_of_learning(planned.key()) in forecast.seconds_of]
    seconds: dict[str, float] = {}
    for request in survey_artefacts(plan, learners, strict=False).missing:
        planned = request.planned
        of_any = forecast.seconds_of[_key_of_learning(planned.key())]
        rate = forecast.seconds_of.get(_key_of_learning(planned.key(), request.kind), of_any)
        seconds[planned.id] = seconds.get(planned.id, 0.0) + rate * planned.trial.config.dataset.size**2
    return seconds


def _key_of_learning(trial: Mapping[str, Any], kind: str = "") -> Key:
    """Key of the seconds that one thing takes which is learned before training, for each pixel of an image.

    kind: of the thing; "": of any that no trial has told of by its kind.
    """
    return ("learning", trial["model"], trial["strategy"], *([kind] if kind else ()))


def _from_trials(study: Store, models: Iterable[str]) -> Forecast:
    if own := _learned(read_trials(Snapshot(study.folder)), "this study"):
        return own
    wanted = set(models)
    others = {folder.parent: _like(folder.parent, wanted) for folder in study.folder.parent.glob("*/trials")}
    best = max(others, key=lambda folder: others[folder], default=None)
    like = _learned([trial for trial in _trials(best) if trial["model"] in wanted], str(best)) if best else None
    return like or Forecast({}, "a rule of thumb for one core, because nothing has run yet (--probe measures)")


def _like(folder: Path, models: set[str]) -> int:
    """How many trials of a study are of these models."""
    return sum(trial["model"] in models for trial in _trials(folder))


def _trials(beside: Path) -> Sequence[Trial]:
    """Of another study: what is wrong with that one is no matter here."""
    with suppress(DataError):
        return read_trials(Snapshot(beside, quiet=True))
    return ()


def _learned(trials: Iterable[Trial], of: str) -> Forecast | None:
    """From those that say how they were trained, in words of today; None where there are none."""
    measured: dict[Key, list[float]] = {}
    used = 0
    for trial in trials:
        protocol, total = _protocol(trial["protocol"]), trial["seconds"]
        if protocol is None or trial["side"] is None or trial["way"] != PLAIN:
            continue
        used += 1
        if learning := _learning(trial):  # whoever did it, and here or elsewhere
            total -= trial["seconds_prepare"] or 0.0
            for kind, seconds in learning.items():
                measured.setdefault(_key_of_learning(trial, kind), []).append(seconds / trial["side"] ** 2)
        rate = total / pixels(protocol, trial["size"], trial["side"], added_images(trial["sources"]))
        curve = curve_of(trial)
        measured.setdefault(("trial", *curve, trial["size"], _budget(protocol)), []).append(total)
        for key in _rates(curve[1], curve[2], _precision(protocol)):
            measured.setdefault(key, []).append(rate)
    if not used:
        return None
    return Forecast({key: median(values) for key, values in measured.items()}, f"{used} finished trials of {of}")


def _learning(trial: Trial) -> dict[str, float]:
    """Seconds of one thing that was learned before training, by its kind; "": of those of other kinds.

    Where a trial tells them by kind, what it does not tell costs nothing to speak of.
    """
    if of_kinds := orjson.loads(trial["learning_cpu_seconds_each"]):
        return {"": 0.0, **of_kinds}
    if trial["learned"] and trial["learning_cpu_seconds"] is not None:
        return {"": trial["learning_cpu_seconds"] / len(trial["learned"])}
    return {}


def _protocol(options: Json) -> Protocol | None:
    """As a record tells it; None where it was another version's."""
    try:
        return convert(options, Protocol)
    except (ValidationError, ConfigError):
        return None


def _rates(model: str, strategy: str, precision: Key) -> tuple[Key, ...]:
    """Keys of the seconds of a pixel, the most alike first: networks differ by more than precisions do."""
    of_any = ("rate", model, strategy), ("rate", model)
    return (*((*key, precision) for key in of_any), *of_any, ("rate",))


def _precision(protocol: Protocol) -> Key:
    return protocol.precision, protocol.inference_precision


def _budget(protocol: Protocol) -> Key:
    budget = protocol.unit, protocol.length, protocol.batch_size, protocol.patience, *_precision(protocol)
    return budget if protocol.patch is None else (*budget, protocol.patch)
