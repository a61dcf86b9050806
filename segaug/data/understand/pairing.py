"""Images and masks that belong together, as options of a kind."""

from dataclasses import dataclass, field

from segaug.data.understand.levels import Level


@dataclass(frozen=True)
class Pairing:
    """Images and masks as options of a kind: folders, or patterns with {id}."""

    images: str
    masks: str | dict[str, str]  # a mapping: a file for each structure
    graders: dict[str, str] = field(default_factory=dict)
    pairs: int = 0  # images with a mask
    groups: tuple[Level, ...] = ()  # levels of folders that say something
    told: tuple[str, ...] = ()  # sentences on what was chosen


def joined(folder: str, name: str) -> str:
    """A path of the two; a folder of "." is none."""
    return f"{folder}/{name}" if folder and folder != "." else name
