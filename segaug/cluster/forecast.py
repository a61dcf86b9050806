"""How long trials take, from finished ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from segaug.experiment.plan import Planned
from segaug.results.snapshot import Snapshot
from segaug.results.store import Store
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
    trials = read_trials(Snapshot(study.folder))
    if trials:
        return _learned(trials, f"{len(trials)} finished trials of this study")
    wanted = set(models)
    others = {folder.parent: _like(folder.parent, wanted) for folder in study.folder.parent.glob("*/trials")}
    best = max(others, key=lambda folder: others[folder], default=None)
    if best is not None and others[best]:
        trials = tuple(one for one in read_trials(Snapshot(best)) if one["model"] in wanted)
        return _learned(trials, f"{len(trials)} finished trials of {best}")
    return Forecast({}, "a rule of thumb for one core, because nothing has run yet (--probe measures)")


def _like(folder: Path, models: set[str]) -> int:
    """How many trials of a study are of these models."""
    return int(Snapshot(folder).trials()["model"].isin(models).sum())


def _learned(trials: Iterable[Trial], source: str) -> Forecast:
    found: dict[Key, list[float]] = {}
    for trial in trials:
        protocol, total = Protocol(**trial["protocol"]), trial["seconds"]
        rate = total / pixels(protocol, trial["size"], trial["side"])
        curve = (trial["task"], trial["model"], trial["strategy"])
        found.setdefault(("trial", *curve, trial["size"], _budget(protocol)), []).append(total)
        for key in (("rate", *curve[1:]), ("rate", curve[1]), ("rate",)):
            found.setdefault(key, []).append(rate)
    return Forecast({key: median(values) for key, values in found.items()}, source)


def _budget(protocol: Protocol) -> Key:
    return protocol.unit, protocol.length, protocol.batch_size, protocol.patience
