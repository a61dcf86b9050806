"""What the files of a submission hold, checked when they are read: a study may come from anywhere."""

from pathlib import Path
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from segaug.cluster.settings import JobSettings
from segaug.errors import ConfigError, DataError
from segaug.name import Name
from segaug.results.json_file import Json, read_object
from segaug.results.record import Count, Positive, Seconds, Seed, Size, TrialId, convert_or_say

# A word of the scheduler's commands, such as 12 or 12.cluster, and none of their options.
JobName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\[\]-]{0,99}(?![\s\S])")]


class Forecast(Struct, frozen=True, gc=False):
    """Seconds of each trial of each pack."""

    seconds: list[list[Seconds]]


class Facts(Struct, frozen=True, gc=False):
    """submission.json; it may hold more."""

    code: str
    settings: JobSettings
    packs: list[list[TrialId]]
    attempts: dict[str, Count]
    scheduler: str = "slurm"  # once there was one only
    forecast: Forecast | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Is there a forecast for each trial?"""
        if self.forecast and list(map(len, self.forecast.seconds)) != list(map(len, self.packs)):
            raise ValueError("the forecast is not of these packs")


class Shared(Struct, frozen=True, gc=False):
    """What trials have in common."""

    task: Name
    model: Name
    strategy: Name
    content: str  # hash of the data set's
    config: dict[str, Any]  # Any: checked when it becomes an object


class Trials(Struct, frozen=True, gc=False):
    """trials.json; of each trial its id, the place of its config, size and seed."""

    configs: list[Shared]
    trials: list[tuple[TrialId, Count, Size, Seed]]

    def __post_init__(self) -> None:
        """Is there a config for each trial?"""
        if any(place >= len(self.configs) for _, place, _, _ in self.trials):
            raise ValueError("a trial has no config")


class Job(Struct, frozen=True, gc=False):
    """jobs/<first>.json: the packs from `first` on are the tasks of a job."""

    job: JobName
    first: Count
    tasks: Positive


def read(path: Path, kind: type[Facts | Trials | Job]) -> Json:
    """The content of a file; raises DataError where it is none of this kind."""
    try:
        content = read_object(path)
        convert_or_say(content, kind)
    except DataError as error:
        raise damaged(path, error.problem) from error
    except (ValueError, ConfigError) as error:
        raise damaged(path, f"is no valid file of a submission ({error})") from error
    return content


def damaged(path: Path, problem: str) -> DataError:
    """What to raise of a file that is not what was written."""
    return DataError(file=path, problem=problem, fix="submit the study again")
