"""What is known of a folder before its masks and pixels are looked at."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from segaug.data.cases import FileCase
from segaug.data.patient_names import Patients
from segaug.data.understand.layout import Layout
from segaug.data.understand.tables import Known
from segaug.data.understand.tree import Tree


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What whoever imports has said.  options: they stand above every guess.  groups: of near copies, by image."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    copies: Callable[[Sequence[FileCase]], Mapping[str, str]] | None = None  # finds them, where that is asked for


@dataclass(frozen=True)
class Found:
    """What is known before masks and pixels are looked at."""

    tree: Tree
    layout: Layout
    base: dict[str, Any]
    kept: list[FileCase]
    lacking: list[FileCase]
    known: Mapping[str, Sequence[Path]]  # what a table may name
    table: Known | None
    patients: Patients
    groups: Mapping[str, str]
    unnamed: list[str]  # images with a mask that the table does not name
