"""Where the marks of each image lie, and how they are read: in one file of all images, or in files of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from segaug.data.formats import aperio, labelme, points
from segaug.data.kinds.pattern import is_pattern
from segaug.data.kinds.places import Places, by_image, places
from segaug.data.listing import FilesByStem
from segaug.data.names import Names
from segaug.data.outlines import Marked, Outline
from segaug.data.readers import READERS
from segaug.errors import ConfigError, DataError

KEY = "dataset.marks"
OF_ONE_IMAGE = {"labelme": ((".json",), labelme.read), "aperio": ((".xml",), aperio.read)}  # suffixes, and the reader
CATEGORY = "{category}"  # in a pattern of points, where the name of the structure stands


@dataclass(frozen=True)
class Found:
    """Where the marks of an image lie, and how they are read."""

    files: tuple[Path, ...]
    read: Callable[[], Marked]
    categories: tuple[str, ...] = ()  # of points: which each file marks


Marks = tuple[dict[str, Found], list[DataError]]
"""What is marked, by the id of the image, and what is wrong with files of a pattern that are of no image."""


def by_id(file: Path, marked: Mapping[str, Marked], images: FilesByStem) -> dict[str, Found]:
    """By the image that each name in the one file means; raises DataError where two mean one."""
    ids = Names(images).of(list(marked), file, pad=0)
    known = [name if name in images else _stem(name) for name in ids]
    return {name: Found((file,), partial(_same, own)) for name, own in zip(known, marked.values(), strict=True)}


def in_files(root: Path, texts: Sequence[str], images: Places, form: str, follow_links: bool) -> Marks:
    """One file an image, of a tool that writes all structures into it.  form: of `OF_ONE_IMAGE`."""
    suffixes, read = OF_ONE_IMAGE[form]
    files, strays = by_image(places(root, texts, KEY, follow_links, suffixes), images, KEY)
    return {name: Found((path,), partial(read, path)) for name, path in files.items()}, _of_no_image(strays)


def in_points(
    root: Path, texts: Sequence[str], images: Places, categories: Sequence[str], order: str, follow_links: bool
) -> Marks:
    """The contours of each image, a file for each category that it shows."""
    own: dict[str, dict[str, Path]] = {}
    problems: list[DataError] = []
    for category in categories:
        named = [_of_category(text, category, several=len(categories) > 1) for text in texts]
        files, strays = by_image(places(root, named, KEY, follow_links, points.SUFFIXES), images, KEY)
        problems += _of_no_image(strays)
        for name, path in files.items():
            own.setdefault(name, {})[category] = path
    return {name: _found(files, order) for name, files in own.items()}, problems


def _found(files: Mapping[str, Path], order: str) -> Found:
    return Found(tuple(files.values()), partial(_drawn, files, order), tuple(files))


def filled(text: str, groups: Mapping[str, str]) -> str:
    """A pattern with these texts in the places of its groups."""
    for name, known in groups.items():
        text = text.replace(f"{{{name}}}", known)
    return text


def _of_category(text: str, category: str, *, several: bool) -> str:
    """The pattern or folder of one category.  Raises ConfigError where a pattern cannot tell several apart."""
    if not is_pattern(text):
        return str(PurePosixPath(text, category))
    if several and CATEGORY not in text:
        fix = f"write {CATEGORY} where its name stands, as in {{id}}_{CATEGORY}.txt"
        raise ConfigError(key=KEY, problem=f"{text!r} has no {CATEGORY}, and there are several", fix=fix)
    return text.replace(CATEGORY, category)


def _of_no_image(strays: Sequence[Path]) -> list[DataError]:
    problem, fix = "marks something in an image that is not there", "add the image, correct the names, or remove it"
    return [DataError(file=path, problem=problem, fix=fix) for path in strays]


def _drawn(files: Mapping[str, Path], order: str) -> Marked:
    return Marked([Outline(category, points.read(path, order)) for category, path in files.items()], None)


def _stem(name: str) -> str:
    """What an image would be called that is not there."""
    path = PurePosixPath(name)
    return path.stem if path.suffix.lower() in READERS else path.name


def _same(marked: Marked) -> Marked:
    return marked
