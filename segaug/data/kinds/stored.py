"""What all data sets share that lie in files: where, which images of which patients, which structures, which pixels."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from segaug.data.kinds.rows import Columns, Row, rows_by_name
from segaug.data.names import Names
from segaug.data.place import table_place
from segaug.data.rules.channel import KEY as CHANNEL
from segaug.data.rules.channel import tidy_channel
from segaug.data.rules.intensity import KEY as INTENSITY
from segaug.data.rules.intensity import Intensity
from segaug.data.rules.values import IGNORE, Values, tidy_structures, tidy_values
from segaug.data.structures import chosen, tidy
from segaug.data.task import Described, SplitSizes
from segaug.errors import ConfigError
from segaug.form import COLOUR, GREY, Form
from segaug.name import is_name

RESIZES = ("nearest", "area")  # of masks


@dataclass(frozen=True, kw_only=True)
class Stored(Described):
    """A data set in files below `root`; each kind says how they lie there, by a method `cases` (see `Dataset`).

    Patients come from a column of the table or from the name of an image; with neither, each image is its own patient.
    """

    name: str = ""  # of the set in curves; "": the name of its config
    root: str = ""  # ~ and $VARIABLES are replaced
    follow_links: bool = False  # read files that are links to somewhere outside of root
    table: str | None = None  # CSV below root, or beside:NAME.csv; one row per image; None = all images that are found
    beside: str = ""  # folder of the config file that says beside:NAME.csv; composing fills it in
    id_column: str = "id"  # column of the image's name
    id_pad: int = 0  # digits of an id that is a number, where the table lost zeros in front of it; 0: as it is written
    where: dict[str, list[str]] = field(default_factory=dict)  # keep the rows with one of these texts in this column
    patient: str | None = None  # column
    patient_pattern: str | None = None  # regular expression with one group, searched in the name of the image
    group: str | None = None  # column; images with the same text are near copies and stay on one side of the split
    site: str | None = None  # column of where the image was taken; counts only with dataset.split.target
    structures: dict[str, Any] = field(default_factory=dict)  # name -> mask values or colours.  Any: one, or a list
    structure: Any = ""  # to segment: a name, a list of names, or all.  Any: OmegaConf knows no union with a list
    background: list[Any] = field(default_factory=lambda: [0])  # mask values or colours outside all structures
    ignore: list[Any] = field(default_factory=list)  # mask values or colours that count for nothing: a rim, a blot
    above_zero: bool = False  # masks count objects: each value above 0 is of the one structure
    mask_resize: str = (
        "nearest"  # nearest | area: of the structure that covers most of a pixel, if all cover half of it
    )
    colour: bool = False  # three channels; images that are stored grey are repeated
    channel: Any = None  # of images in colour, the one that is used: red, green, blue or 0, 1, 2
    rescale: bool = True  # the range of each image's grey values becomes 0 to 1; false: 0 to 255 does, in all images
    intensity: Intensity = field(default_factory=Intensity)  # which range that is
    size: int = 64
    crop: int | None = None
    pixel_mm: float | None = None  # side of a stored pixel [mm]
    split: SplitSizes = field(default_factory=SplitSizes)

    def __post_init__(self) -> None:
        if self.name and not is_name(self.name):
            problem, fix = f"{self.name!r} holds a control character", "use printable characters"
            raise ConfigError(key="dataset.name", problem=problem, fix=fix)
        object.__setattr__(self, "structures", tidy_structures(self.structures))
        object.__setattr__(self, "background", tidy_values(self.background, "dataset.background"))
        object.__setattr__(self, "ignore", tidy_values(self.ignore, IGNORE))
        object.__setattr__(self, "structure", tidy(self.structure))
        chosen(self.structure, self.structures)
        self.meaning.check_ignored(self.form.structures)
        self._check_pixels()
        for key, value in (("size", self.size), ("crop", self.crop), ("pixel_mm", self.pixel_mm)):
            if value is not None and value <= 0:
                raise ConfigError(key=f"dataset.{key}", problem=f"got {value}", fix="use a positive number")
        self._check_patient()

    def _check_pixels(self) -> None:
        object.__setattr__(self, "channel", self._channel())
        if self.channel is not None and self.colour:
            problem = "is set together with dataset.colour=true"
            raise ConfigError(key=CHANNEL, problem=problem, fix="leave one of them out: one channel is grey")
        if not self.rescale and self.intensity.how != "auto":
            problem = f"is false together with {INTENSITY}.how={self.intensity.how}"
            raise ConfigError(key="dataset.rescale", problem=problem, fix="leave one of them out")
        if self.mask_resize not in RESIZES:
            fix = f"choose from: {', '.join(RESIZES)}"
            raise ConfigError(key="dataset.mask_resize", problem=f"got {self.mask_resize}", fix=fix)
        if self.above_zero and self.form.several:
            problem = f"is true, and several structures are chosen ({', '.join(self.form.structures)})"
            raise ConfigError(key="dataset.above_zero", problem=problem, fix="choose one: every value above 0 is it")

    def _channel(self) -> str | int | None:
        """The channel as it is kept; raises ConfigError where an image cannot have it."""
        return tidy_channel(self.channel)

    def _check_patient(self) -> None:
        if self.patient is not None and self.patient_pattern is not None:
            problem = "is set together with dataset.patient_pattern"
            raise ConfigError(key="dataset.patient", problem=problem, fix="keep one of them and set the other to null")
        if self.patient_pattern is None:
            return
        fix = "write a regular expression with one group, e.g. \"dataset.patient_pattern='^([^_]+)_'\""
        try:
            groups = re.compile(self.patient_pattern).groups
        except re.error as error:
            raise ConfigError(key="dataset.patient_pattern", problem=str(error), fix=fix) from error
        if groups != 1:
            raise ConfigError(key="dataset.patient_pattern", problem=f"has {groups} groups", fix=fix)

    @property
    def _pixel_mm(self) -> tuple[float, float] | None:
        """Of all images, where the option says it."""
        return None if self.pixel_mm is None else (self.pixel_mm, self.pixel_mm)

    @property
    def form(self) -> Form:
        """Square images."""
        names = chosen(self.structure, self.structures)
        return Form(
            channels=COLOUR if self.colour else GREY,
            structures=names,
            size=(self.size, self.size),
            ignored=bool(self.ignore),
        )

    def foreground(self) -> tuple[tuple[int, ...], ...]:
        """Mask values of each chosen structure."""
        return self.meaning.foreground(self.form.structures)

    def values(self) -> tuple[int, ...]:
        """Mask values of all structures, of the background and of what is ignored."""
        return self.meaning.allowed()

    def ignored(self) -> tuple[int, ...]:
        """Mask values that count for nothing."""
        return self.meaning.ignored()

    @property
    def meaning(self) -> Values:
        """What the values of the masks mean."""
        return Values(
            structures=self.structures, background=self.background, above_zero=self.above_zero, ignore=self.ignore
        )

    def rows(self, root: Path, names: Iterable[str], named_in: Path) -> list[Row]:
        """One row per image, from the table or, without one, from the names of the images found in `named_in`.

        names: a mapping of names to their files lets the table name these as well.
        """
        if self.table is None:
            named = {key: getattr(self, key) for key in ("patient", "group", "site")}
            for key, column in {"where": self.columns_where(), **named, "split.column": self.split.column}.items():
                if column:
                    fix = "set dataset.table=NAME.csv, or leave this key out"
                    raise ConfigError(key=f"dataset.{key}", problem="names columns, but there is no table", fix=fix)
            return self.rows_by_name(named_in, names)
        table = table_place(root, self.table, self.beside, self.follow_links)
        columns = Columns(
            id=self.id_column, patient=self.patient, group=self.group, site=self.site, part=self.split.column
        )
        return columns.rows(table, self.columns_where(), self.patient_pattern, Names(names), self.id_pad)

    def columns_where(self) -> dict[str, list[str]]:
        """`where` as far as it is of the table."""
        return self.where

    def remarks(self) -> list[str]:
        """What lies there and is not used, a sentence each; reads no pixel."""
        return []

    def rows_by_name(self, named_in: Path, names: Iterable[str]) -> list[Row]:
        """One row per name, whether or not there is a table."""
        return rows_by_name(named_in, names, self.patient_pattern)
