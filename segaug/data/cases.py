"""Images that lie in files, and what to say when some of them are missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from segaug.data.task import Case
from segaug.errors import DataError


@dataclass(frozen=True, kw_only=True)
class FileCase(Case):
    """A case that knows its files, so that a decoded copy can be cached under the hash of their bytes.

    Every file that is read is named, the masks apart: those of external images are never opened, not even for a hash.
    """

    image_file: Path
    mask_file: Path | None  # None: there is none; `read_mask` raises the error that says so, or gives an empty mask
    more_files: tuple[Path, ...] = ()  # besides `image_file`, such as the other slices of a series
    more_masks: tuple[Path, ...] = ()  # besides `mask_file`, where several make up the mask
    reading: str = ""  # what decides the pixels besides these bytes and the options of the set, as in "slice 3 of 9"
    in_parts: bool = False  # files may be larger than one image can be: their formats bound what is decoded of them


class IncompleteDatasetError(DataError):
    """The list of files has problems; carries all of them, and every case that was found.

    A run stops here.  `check.check` goes on with the cases and lists every problem.
    """

    def __init__(self, *, root: Path, cases: Sequence[Case], problems: Sequence[DataError]) -> None:
        count = "a problem" if len(problems) == 1 else f"{len(problems)} problems, the first is"
        super().__init__(file=root, problem=f"{count}: {problems[0]}", fix="`segaug data check` lists every problem")
        self.cases = list(cases)
        self.problems = list(problems)


def mask_name(case: Case) -> str:
    """What error messages call the mask of a case."""
    return str(case.mask_file) if isinstance(case, FileCase) and case.mask_file else f"mask of {case.location}"
