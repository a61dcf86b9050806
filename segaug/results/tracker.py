"""Where the local store is mirrored to: config group `tracker`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TypeGuard

from segaug.errors import ConfigError

MODES = ("offline", "online", "disabled")
GRANULARITIES = ("curve", "cell", "trial")


@dataclass(frozen=True, kw_only=True)
class NoTracker:
    """Keep results in the local store only."""

    name: str = "none"


@dataclass(frozen=True, kw_only=True)
class WandbTracker:
    """Mirror finished trials to Weights & Biases from a process of its own; training never waits for it."""

    name: str = "wandb"
    mode: str = "offline"  # offline: files in <study>/wandb, sent by `segaug sync`; online: sent at once; disabled
    project: str = "segaug"
    entity: str | None = None  # user or team; null: the default of the account
    granularity: str = (
        "cell"  # curve: one run for all sizes and seeds; cell: one run for all seeds; trial: one run each
    )

    def __post_init__(self) -> None:
        self._check_choice("mode", self.mode, MODES)
        self._check_choice("granularity", self.granularity, GRANULARITIES)
        if not 0 < len(self.project) <= 128 or set(self.project) & set("/\\#?%:"):
            raise _error("project", f"got {self.project!r}", "use 1 to 128 characters, none of / \\ # ? % :")

    @staticmethod
    def _check_choice(key: str, value: str, choices: tuple[str, ...]) -> None:
        if value not in choices:
            raise _error(key, f"got {value!r}", f"choose from {', '.join(choices)}")


Tracker = NoTracker | WandbTracker
TRACKERS: dict[str, type[NoTracker] | type[WandbTracker]] = {"none": NoTracker, "wandb": WandbTracker}


def is_on(tracker: Tracker) -> TypeGuard[WandbTracker]:
    """Is anything to be mirrored?"""
    return isinstance(tracker, WandbTracker) and tracker.mode != "disabled"


def tracker_from_plan(plan: Mapping[str, object]) -> Tracker:
    """The tracker that the sweep wrote to the plan: `dataclasses.asdict` of it, under the key "tracker"."""
    entry = plan.get("tracker") or {"name": "none"}
    if not isinstance(entry, Mapping) or entry.get("name") not in TRACKERS:
        raise _error("name", f"got {entry!r}", f"choose from {', '.join(TRACKERS)}", file="plan")
    options = {key: value for key, value in entry.items() if key != "name"}
    kind = TRACKERS[entry["name"]]
    if unknown := sorted(set(options) - {field.name for field in fields(kind)}):
        raise _error(unknown[0], "is no option of this tracker", "run `segaug train` again to renew it", file="plan")
    return kind(**options)


def _error(key: str, problem: str, fix: str, file: str = "conf/tracker/wandb.yaml") -> ConfigError:
    return ConfigError(key=f"tracker.{key}", file=file, problem=problem, fix=fix)
