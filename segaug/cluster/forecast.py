"""How long trials take, from finished ones."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from msgspec import ValidationError, convert

from segaug.errors import ConfigError, DataError
from segaug.experiment.planned.plan import Planned
from segaug.results.keys import curve_of
from segaug.results.snapshot import Snapshot
from segaug.results.store import Json, Store
from segaug.results.trial_columns import Trial, read_trials
from segaug.training.protocol import Protocol, schedule

START_IMAGES = 32.0  # what a trial takes besides its updates, in images: start, validation, test
SECONDS_PER_PIXEL = 2e-6  # of an image that is trained on, by one core: where nothing was measured
Key = tuple[object, ...]


@dataclass(frozen=True)
class Forecast:
    """Seconds of a trial, from the medians of finished trials that are like it, the most alike first."""

    seconds_of: Mapping[Key, float]  # of a whole trial, or of a pixel
    source: str

    def seconds(self, one: Planned) -> float:
        """Forecast of one trial."""
        task, model, strategy = one.trial.curve
        protocol, side = one.trial.config.protocol, one.trial.config.dataset.size
        same = ("trial", task, model, strategy, one.size, _budget(protocol))
        if same in self.seconds_of:
            return self.seconds_of[same]
        rates = (("rate", model, strategy), ("rate", model), ("rate",))
        rate = next((self.seconds_of[key] for key in rates if key in self.seconds_of), SECONDS_PER_PIXEL)
        return rate * pixels(protocol, one.size, side)


def pixels(protocol: Protocol, size: int, side: int) -> float:
    """Pixels that a network sees in training, roughly: what its time is proportional to."""
    return (schedule(protocol, size).updates * min(protocol.batch_size, size) + START_IMAGES) * side**2


def forecast_of(study: Store, models: Iterable[str]) -> Forecast:
    """From this study; where it has no finished trial, from whichever beside it has most of these models."""
    if own := _learned(read_trials(Snapshot(study.folder)), "this study"):
        return own
    wanted = set(models)
    others = {folder.parent: _like(folder.parent, wanted) for folder in study.folder.parent.glob("*/trials")}
    best = max(others, key=lambda folder: others[folder], default=None)
    like = _learned([one for one in _trials(best) if one["model"] in wanted], str(best)) if best else None
    return like or Forecast({}, "a rule of thumb for one core, because nothing has run yet (--probe measures)")


def _like(folder: Path, models: set[str]) -> int:
    """How many trials of a study are of these models."""
    return sum(one["model"] in models for one in _trials(folder))


def _trials(beside: Path) -> Sequence[Trial]:
    """Of another study: what is wrong with that one is no matter here."""
    with suppress(DataError):
        return read_trials(Snapshot(beside, quiet=True))
    return ()


def _learned(trials: Iterable[Trial], of: str) -> Forecast | None:
    """From those that say how they were trained, in words of today; None where there are none."""
    found: dict[Key, list[float]] = {}
    used = 0
    for trial in trials:
        protocol, total = _protocol(trial["protocol"]), trial["seconds"]
        if protocol is None or trial["side"] is None:
            continue
        used += 1
        rate = total / pixels(protocol, trial["size"], trial["side"])
        curve = curve_of(trial)
        found.setdefault(("trial", *curve, trial["size"], _budget(protocol)), []).append(total)
        for key in (("rate", *curve[1:]), ("rate", curve[1]), ("rate",)):
            found.setdefault(key, []).append(rate)
    if not used:
        return None
    return Forecast({key: median(values) for key, values in found.items()}, f"{used} finished trials of {of}")


def _protocol(told: Json) -> Protocol | None:
    """As a record tells it; None where it was another version's."""
    try:
        return convert(told, Protocol)
    except (ValidationError, ConfigError):
        return None


def _budget(protocol: Protocol) -> Key:
    return protocol.unit, protocol.length, protocol.batch_size, protocol.patience
