"""What a check has found: of each image, of each part of the split, and of the data set as a whole."""

from dataclasses import dataclass
from typing import Literal

from segaug.data.sites import SiteCount
from segaug.form import Form

_NAMED = 3  # images by name in a note


@dataclass(frozen=True)
class Note:
    """No error, but worth knowing.  mark: what is said of each of the images, in a word or two; "" = of the whole."""

    text: str
    mark: str = ""
    ids: tuple[str, ...] = ()

    def __str__(self) -> str:
        named = ", ".join(self.ids[:_NAMED]) + (", ..." if len(self.ids) > _NAMED else "")
        return f"{self.text} ({named})" if named else self.text


@dataclass(frozen=True)
class CaseReport:
    """What was seen of one image and its mask; problems are sentences that name file, cause and fix."""

    id: str
    patient: str
    part: str  # "test" | "validation" | "external" | "pool", or "" if the dataset cannot be split
    labelled: bool  # False: it has no mask
    shape: tuple[int, int] | None  # (rows, columns) as stored; None if unreadable
    foreground: float | None  # share of the pixels (after the crop); None if the mask was not opened or unreadable
    structures: dict[str, float] | None  # the same of each chosen structure
    foreground_at_size: float | None  # share of the pixels as the network sees them, at dataset.size
    structures_at_size: dict[str, float] | None
    grey: bool | None  # stored with one channel; None if unreadable
    problems: tuple[str, ...]
    notes: tuple[str, ...]  # a word or two each; what they mean is said once, in the notes of the report
    verdict: Literal["ok", "note", "problem"]


@dataclass(frozen=True)
class PartReport:
    """One part of the split."""

    name: str
    images: int
    patients: int
    unlabelled: int  # images that have no mask
    foreground: float | None  # mean share over the masks that were read
    structures: dict[str, float] | None  # the same of each chosen structure
    empty: int  # masks without foreground
    foreground_at_size: float | None  # as the network sees them, at dataset.size
    empty_at_size: int


@dataclass(frozen=True)
class Report:
    """Outcome of a check.  problems: of cases and of the data set as a whole, equal ones said once with their count."""

    form: Form
    cases: tuple[CaseReport, ...]
    parts: tuple[PartReport, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]  # no errors, but worth knowing
    sites: tuple[SiteCount, ...]  # of a task with target sites; empty without
