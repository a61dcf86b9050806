"""Images and masks in files: every public or own dataset of pictures, in folders or by a pattern of their names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from segaug.data.cases import FileCase, IncompleteDatasetError
from segaug.data.kinds.file_a_structure import structures_of
from segaug.data.kinds.graded import graded
from segaug.data.kinds.joined import AS_STORED, Part, read_empty, read_joined
from segaug.data.kinds.pairs import Files, Pairs, files_of, pairs
from segaug.data.kinds.pattern import is_pattern
from segaug.data.kinds.rows import Row
from segaug.data.kinds.stored import Stored
from segaug.data.kinds.taken import Taken, rule_of, taken
from segaug.data.kinds.told import check_once, kept, said_by, told
from segaug.data.kinds.unpaired import not_one, not_used, refuse_mask, without_image
from segaug.data.listing import files_by_stem, only_file, own_folder
from segaug.data.readers import IGNORE, REFUSE, read_image, read_mask
from segaug.data.rules.graders import MAJORITY, check_grader
from segaug.data.rules.slices import Slices
from segaug.data.unlabelled import KEY as UNLABELLED
from segaug.data.unlabelled import no_mask, of_new_patients
from segaug.errors import ConfigError, DataError

ERROR, EMPTY = "error", "empty"
_IN_ONE = ""  # structure of a mask file that may hold all of them
_UNNAMED: tuple[dict[str, list[int]], ...] = ({}, {"foreground": [1, 255]})
"""Structures where nobody named any: those of conf/dataset/folder.yaml."""


@dataclass(frozen=True, kw_only=True)
class Folder(Stored):
    """Images `<root>/<images>/<id>.*` with masks `<root>/<masks>/<id>.*`; suffixes may differ.

    Instead of a folder, `images` and `masks` may be a pattern (see `Pattern`): `{patient}/img/{id}.png`.  The id of an
    image is then all that the pattern says of it, joined by slashes; `{patient}`, `{site}` and `{part}` are what they
    are called, and `where` can ask for any of them.  A pattern with a `*` after `{id}` finds several masks of an image,
    which are joined.  `masks` may also name one folder or pattern for each structure: whatever is not 0 there is it.

    Images of the folder `unlabelled`, of other patients, join the external part; the table does not name them.

    Where images are slices, `per_patient` takes those of each patient as `Slices` does; listing then opens all masks.
    """

    images: str = "images"  # this folder, masks and table lie inside of root
    masks: Any = "masks"  # a text, or a mapping of structures to texts.  Any: OmegaConf knows no union with a mapping
    missing_mask: str = ERROR  # "empty": an image without a mask shows none of the structures
    graders: dict[str, str] = field(default_factory=dict)  # name -> what stands in for `masks`, where several drew them
    grader: str = MAJORITY  # whose masks count: a name, or majority, union or intersection of all
    alpha: str = REFUSE  # of images, where it is not opaque; "ignore": dropped where it is one value everywhere
    per_patient: int | None = None  # images that hold a chosen structure, evenly spaced; None: all images are taken
    share_without: float = Slices().share_without  # images without it, for each one with it that was taken
    unlabelled: str | None = None  # folder of images without a mask, anywhere; ~ and $VARIABLES are replaced

    def __post_init__(self) -> None:
        if self.missing_mask not in (ERROR, EMPTY):
            fix = f"use {ERROR}, or {EMPTY} where an image without a mask shows none of the structures"
            raise ConfigError(key="dataset.missing_mask", problem=f"got {self.missing_mask!r}", fix=fix)
        if self.alpha not in (REFUSE, IGNORE):
            fix = f"use {REFUSE}, or {IGNORE} where an alpha channel of one value says nothing"
            raise ConfigError(key="dataset.alpha", problem=f"got {self.alpha!r}", fix=fix)
        named = isinstance(self.masks, Mapping)
        if named and all(isinstance(text, str) for text in self.masks.values()):
            object.__setattr__(self, "structures", structures_of(self.masks, self.structures, _UNNAMED, self.ignore))
        elif not isinstance(self.masks, str):
            fix = "use a folder, a pattern, or a mapping of structures to these"
            raise ConfigError(key="dataset.masks", problem=f"got {self.masks!r}", fix=fix)
        for name, text in self._places.items():
            said_by(text, _key_of(name))
        rule_of(self.per_patient, self.share_without)
        by_option = {"patient.patient": self.patient, "patient.patient_pattern": self.patient_pattern}
        check_once(said_by(self.images), {**by_option, "site.site": self.site, "part.split.column": self.split.column})
        super().__post_init__()
        check_grader(self.grader, self.graders, self.ignore)

    def cases(self) -> list[FileCase]:
        """All images by id, those without a mask last; reads no pixel.

        Raises where a folder, an image or a mask is missing or ambiguous, where a mask has no image although patterns
        say which it should have, and where an image of `unlabelled` shows a patient of a labelled one.
        """
        if few := self._taken():
            if few.problems:
                raise IncompleteDatasetError(
                    root=own_folder(self.root, "dataset.root"), cases=few.cases, problems=few.problems
                )
            return few.cases
        if self.graders:
            return graded(self.by_grader(), self.grader, self.meaning)
        root = own_folder(self.root, "dataset.root")
        found = self._found(root)
        images = found.images
        problems = without_image(found) if self._strict else []
        cases = []
        for row in sorted(self._rows(root, images), key=lambda row: row.id):
            try:
                image = only_file(images.by_id, row.id, images.place, asked_by=row.named_in)
            except DataError as error:
                problems.append(error)
                continue
            try:
                cases.append(self._with_masks(row, image, found))
            except DataError as error:
                problems.append(error)
                cases.append(self._case(row, image, [], partial(_fail, error)))
        if self.unlabelled is not None:
            unlabelled, refused = self._unlabelled(own_folder(self.unlabelled, UNLABELLED), cases)
            cases += unlabelled
            problems += refused
        if problems:
            raise IncompleteDatasetError(root=root, cases=cases, problems=problems)
        return cases

    def by_grader(self) -> dict[str, list[FileCase]]:
        """The same images, with the masks of each grader."""
        return {name: folder.cases() for name, folder in self._alone().items()}

    def _alone(self) -> dict[str, "Folder"]:
        plain = replace(self, graders={}, grader=MAJORITY, per_patient=None)
        return {name: replace(plain, masks=masks) for name, masks in self.graders.items()}

    def _taken(self) -> Taken | None:
        """What is left of all images by the rule for slices; None where there is none."""
        if not (rule := rule_of(self.per_patient, self.share_without)):
            return None
        chosen = [value for values in self.foreground() for value in values]
        return taken(*self._all(), rule, chosen, self.values())

    def _all(self) -> tuple[Sequence[FileCase], Sequence[DataError]]:
        try:
            return replace(self, per_patient=None).cases(), []
        except IncompleteDatasetError as error:
            return [case for case in error.cases if isinstance(case, FileCase)], error.problems

    def columns_where(self) -> dict[str, list[str]]:
        """`where` without what the pattern of the images says."""
        known = said_by(self.images)
        return {key: texts for key, texts in self.where.items() if key not in known}

    def remarks(self) -> list[str]:
        """What the rule for slices took, images that no table names, and masks without an image in plain folders."""
        folders = self._alone().values() if self.graders else [self]
        few = self._taken()
        return [
            *([str(few.left_out)] if few else []),
            *self._unnamed(),
            *(remark for folder in folders for remark in folder._unused()),
        ]

    def _unnamed(self) -> list[str]:
        if self.table is None:
            return []
        root = own_folder(self.root, "dataset.root")
        images = files_of(root, self.images, "dataset.images", self.follow_links)
        named = {row.id for row in replace(self, where={}).rows(root, images.by_id, named_in=images.place)}
        return not_used("images are not in the table", sorted(set(images.by_id) - named))

    def _unused(self) -> list[str]:
        strays = [] if self._strict else without_image(self._found(own_folder(self.root, "dataset.root")))
        return not_used("masks have no image", [stray.file for stray in strays])

    @property
    def _strict(self) -> bool:
        """Is a mask without an image an error?  It is where names were spelt out, or missing masks say something."""
        texts = [self.images, *self._places.values()]
        return self.missing_mask == EMPTY or any(map(is_pattern, texts))

    @property
    def _places(self) -> dict[str, str]:
        """Folder or pattern of the masks of each structure."""
        return dict(self.masks) if isinstance(self.masks, Mapping) else {_IN_ONE: self.masks}

    def _found(self, root: Path) -> Pairs:
        images = files_of(root, self.images, "dataset.images", self.follow_links)
        masks = {}
        for name, text in self._places.items():
            masks[name] = files_of(root, text, _key_of(name), self.follow_links)
        return pairs(images, masks)

    def _rows(self, root: Path, images: Files) -> list[Row]:
        """Rows of the table or of the names, with what the pattern says of each image."""
        of_pattern = {key: texts for key, texts in self.where.items() if key not in self.columns_where()}
        wanted = kept(images.by_id, images.groups, images.place, of_pattern)
        rows = self.rows(root, wanted if self.table is None else images.by_id, named_in=images.place)
        rows = [row for row in rows if row.id in wanted or row.id not in images.by_id]
        return [told(row, images.groups.get(row.id, {}), images.place) for row in rows]

    def _with_masks(self, row: Row, image: Path, found: Pairs) -> FileCase:
        """A case with its masks.  Raises where one is missing, and where several are not to be joined."""
        parts: list[Part] = []
        lacking = []
        for place, (name, paths) in enumerate(found.of(row.id).items(), start=1):
            files = found.masks[name]
            if not paths and self.missing_mask == EMPTY:
                lacking.append(name)
            elif len(paths) != 1 and not (paths and files.pattern and files.pattern.joins):
                raise not_one(files, found.images.groups[row.id], paths, image)
            parts += [(AS_STORED if name == _IN_ONE else place, path) for path in paths]
        if not parts:
            refuse_mask(image, row.id, found.images.by_id)
            return self._case(row, image, [], partial(read_empty, image, self.meaning.nothing, self.alpha))
        whole = len(parts) == 1 and parts[0][0] == AS_STORED
        read = partial(read_mask, parts[0][1]) if whole else partial(read_joined, parts, self.meaning)
        reading = "" if whole else f"masks of {' '.join(str(place) for place, _ in parts)}, none of {' '.join(lacking)}"
        return self._case(row, image, [path for _, path in parts], read, reading=reading)

    def _unlabelled(self, folder: Path, labelled: list[FileCase]) -> tuple[list[FileCase], list[DataError]]:
        """Images of a folder that has no masks, and what is wrong with the others that lie there."""
        images = files_by_stem(folder, ".", UNLABELLED, self.follow_links)
        cases: list[FileCase] = []
        ambiguous: list[DataError] = []
        for row in self.rows_by_name(folder, sorted(images)):
            try:
                image = only_file(images, row.id, folder, asked_by=folder)
                cases.append(self._case(row, image, [], partial(_fail, no_mask(image)), labelled=False))
            except DataError as error:
                ambiguous.append(error)
        new, refused = of_new_patients(cases, labelled)
        return new, [*ambiguous, *refused]

    def _case(
        self,
        row: Row,
        image: Path,
        masks: list[Path],
        open_mask: Callable[[], np.ndarray],
        *,
        labelled: bool = True,
        reading: str = "",
    ) -> FileCase:
        told = f"{reading} alpha {self.alpha}".strip() if self.alpha != REFUSE else reading
        return FileCase(
            id=row.id,
            patient=row.patient,
            location=str(image),
            read_image=partial(read_image, image, self.alpha),
            read_mask=open_mask,
            duplicate_group=row.group,
            pixel_mm=self._pixel_mm,
            image_file=image,
            mask_file=masks[0] if masks else None,
            more_masks=tuple(masks[1:]),
            reading=told,
            labelled=labelled,
            site=row.site,
            part=row.part,
        )


def _key_of(structure: str) -> str:
    return f"dataset.masks.{structure}" if structure else "dataset.masks"


def _fail(error: DataError) -> np.ndarray:
    raise error
