"""How long trials take, from finished ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from segaug.experiment.plan import Planned
from segaug.results.store import Json, Store
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
    records = study.readable_records()
    if records:
        return _learned(records, f"{len(records)} finished trials of this study")
    wanted = set(models)
    others: dict[Path, list[Json]] = {}
    for folder in study.folder.parent.glob("*/trials"):
        others[folder.parent] = [one for one in Store(folder.parent).readable_records() if one["model"] in wanted]
    best = max(others, key=lambda folder: len(others[folder]), default=None)
    if best is not None and others[best]:
        return _learned(others[best], f"{len(others[best])} finished trials of {best}")
    return Forecast({}, "a rule of thumb for one core, because nothing has run yet (--probe measures)")


def _learned(records: Iterable[Json], source: str) -> Forecast:
    found: dict[Key, list[float]] = {}
    for record in records:
        protocol = Protocol(**record["config"]["protocol"])
        total = float(record["run"]["seconds"]["total"])
        rate = total / pixels(protocol, record["size"], record["config"]["dataset"]["size"])
        curve = (record["task"], record["model"], record["strategy"])
        found.setdefault(("trial", *curve, record["size"], _budget(protocol)), []).append(total)
        for key in (("rate", *curve[1:]), ("rate", curve[1]), ("rate",)):
            found.setdefault(key, []).append(rate)
    return Forecast({key: median(values) for key, values in found.items()}, source)


def _budget(protocol: Protocol) -> Key:
    return protocol.unit, protocol.length, protocol.batch_size, protocol.patience
