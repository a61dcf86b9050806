"""Which image a table means by what it writes: a name, a file's name, or a path, from whatever system."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from unicodedata import normalize

from segaug.data.readers import READERS
from segaug.errors import DataError

SUFFIXES = (
    *READERS,
    ".nii.gz",
    ".nii",
    ".mha",
    ".mhd",
    ".nrrd",
    ".dcm",
    ".npz",
    ".npy",
    ".h5",
    ".hdf5",
    ".json",
    ".xml",
)
_WIDEST = 12  # digits of a number that names an image


class Names:
    """The images that were found, by all that a table may call them."""

    def __init__(self, found: Iterable[str]) -> None:
        """found: names of the images, or a mapping of them to their files."""
        self.files: Mapping[str, Sequence[Path]] = found if isinstance(found, Mapping) else dict.fromkeys(found, ())

    def of(self, texts: Sequence[str], table: Path, pad: int) -> list[str]:
        """The image that each row means; the text itself where none is found.

        The exact name comes first, then the same name in composed characters (NFC), a path and a file's name.  pad:
        zeros are written before a number until it has so many digits.  Raises where a row may mean several images, two
        rows mean one, and where every number lacks zeros.
        """
        padded = [text.zfill(pad) if text.isdecimal() else text for text in texts]
        names = [self._one(text, table) for text in padded]
        if not pad:
            self._check_zeros([text for text, name in zip(padded, names, strict=True) if name not in self.files], table)
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            first, second = [text for text, name in zip(texts, names, strict=True) if name == twice[0]][:2]
            problem = f"rows {first!r} and {second!r} both mean the image {twice[0]}"
            raise DataError(file=table, problem=problem, fix="keep one row per image")
        return names

    def _one(self, text: str, table: Path) -> str:
        if text in self.files:
            return text
        plain = normalize("NFC", text.strip().replace("\\", "/")).removeprefix("./")
        for way in dict.fromkeys((plain, _short(plain), _short(PurePosixPath(plain).name))):
            fitting = self._called.get(way, [])
            if len(fitting) > 1:
                problem = f"{text!r} may mean {len(fitting)} images, among them {fitting[0]} and {fitting[1]}"
                raise DataError(file=table, problem=problem, fix="write the folder before the name, as in these")
            if fitting:
                return fitting[0]
        return text

    def _check_zeros(self, unknown: Sequence[str], table: Path) -> None:
        """Excel turns 0001 into 1: say so where zeros would make images of all that were not found."""
        if not unknown or not all(text.isdecimal() for text in unknown):
            return
        for pad in range(2, _WIDEST):
            meant = [self._one(text.zfill(pad), table) for text in unknown]
            if all(name in self.files for name in meant) and len(set(meant)) == len(meant):
                problem = f"calls {unknown[0]} what is {meant[0]} among the images: zeros were lost, as Excel does"
                raise DataError(
                    file=table, problem=problem, fix=f"type dataset.id_pad={pad}, or save it with the zeros"
                )

    @cached_property
    def _called(self) -> dict[str, list[str]]:
        """Images by every name they may go by: their own, without folders, and their paths without a suffix."""
        called: dict[str, list[str]] = defaultdict(list)
        for name, files in self.files.items():
            ways = [name, PurePosixPath(name).name]
            ways += ["/".join(path.parts[-depth:]) for path in files for depth in range(1, min(5, len(path.parts)))]
            for form in {normalize("NFC", form) for way in ways for form in (way, _short(way))}:
                called[form].append(name)
        return called


def _short(name: str) -> str:
    suffix = next((known for known in SUFFIXES if name.lower().endswith(known)), "")
    return name[: -len(suffix)] if suffix else name
