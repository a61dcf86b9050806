"""Which mask files belong to which image, where each lies in a folder or by a pattern."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from unicodedata import normalize

from segaug.data.kinds.beside import files_with
from segaug.data.kinds.pattern import Found, Pattern, is_pattern
from segaug.data.listing import FilesByStem, files_by_stem
from segaug.data.readers import READERS
from segaug.errors import ConfigError, DataError

Groups = Mapping[str, str]


@dataclass(frozen=True)
class Files:
    """All files that one option names: those of a folder, each named by its id, or of a pattern."""

    root: Path
    text: str  # the option
    pattern: Pattern | None  # None: a folder
    found: tuple[Found, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What is known of each file."""
        return self.pattern.names if self.pattern else ("id",)

    @property
    def stars(self) -> bool:
        """Is there text in a path that says nothing?"""
        return self.pattern is not None and "*" in self.text

    @property
    def place(self) -> Path:
        """What errors call the place of the files."""
        return self.root / self.text

    @property
    def fixed(self) -> int:
        """How many characters of a path are given: of two patterns, the one with more is meant for fewer files."""
        text = self.text if self.pattern else f"{self.text.rstrip('/')}/"
        suffix = next((known for known in READERS if text.lower().endswith(known)), "")
        return len(re.sub(r"\{\w+\}|\*", "", text.removesuffix(suffix)))

    @cached_property
    def by_id(self) -> FilesByStem:
        """Files by all that is known of them, joined by a slash."""
        ids: dict[str, list[Path]] = defaultdict(list)
        for one in self.found:
            ids[self.id_of(one.groups)].append(one.path)
        return dict(ids)

    @cached_property
    def groups(self) -> dict[str, Groups]:
        """What is known of the files with each id."""
        return {self.id_of(one.groups): one.groups for one in self.found}

    def id_of(self, groups: Groups) -> str:
        """The name of a file of which this is known."""
        return "/".join(groups[name] for name in self.names)

    def called(self, groups: Groups) -> str:
        """The path below root that a file of these groups would have."""
        return self.pattern.filled(groups) if self.pattern else f"{self.text}/{groups['id']}"

    def without(self, paths: set[Path]) -> "Files":
        """All but these."""
        return Files(self.root, self.text, self.pattern, tuple(one for one in self.found if one.path not in paths))


def files_of(root: Path, text: str, key: str, follow_links: bool, suffixes: tuple[str, ...] = tuple(READERS)) -> Files:
    """Find the files of an option.  Raises where there are none, and where they lie outside of root.

    suffixes: of files that are no images.
    """
    if not is_pattern(text):
        images = suffixes == tuple(READERS)
        stems = (
            files_by_stem(root, text, key, follow_links)
            if images
            else files_with(root, text, key, suffixes, follow_links)
        )
        return Files(root, text, None, tuple(Found(path, {"id": stem}) for stem in stems for path in stems[stem]))
    pattern = Pattern(text, key, suffixes=suffixes)
    found = tuple(pattern.find(root, follow_links))
    if not found:
        first = text.split("/")[0]
        seen = ", ".join(sorted(path.name for path in root.iterdir())[:5]) or "nothing"
        problem = f"{text} finds no file; {root} holds {seen}"
        raise ConfigError(
            key=key, problem=problem, fix=f"write a pattern that fits its names (this one begins {first!r})"
        )
    return Files(root, text, pattern, found)


@dataclass(frozen=True)
class Pairs:
    """Images, and the files of their masks by structure; a structure without a name is all that a mask holds."""

    images: Files
    masks: Mapping[str, Files]

    def of(self, image: str) -> dict[str, list[Path]]:
        """Files of the masks of the image of this id."""
        return {name: list(by_image.get(image, [])) for name, by_image in self._by_image.items()}

    def strays(self) -> list[Path]:
        """Masks that no image belongs to."""
        used = {path for by_image in self._by_image.values() for paths in by_image.values() for path in paths}
        return sorted({one.path for files in self.masks.values() for one in files.found} - used)

    @cached_property
    def _by_image(self) -> dict[str, dict[str, list[Path]]]:
        return {name: _by_image(self.images, files) for name, files in self.masks.items()}


def pairs(images: Files, masks: Mapping[str, Files]) -> Pairs:
    """Files that both name are of the option that says more of them: `{id}_mask` beside `{id}`."""
    for name, files in masks.items():
        both = {one.path for one in images.found} & {one.path for one in files.found}
        if not both or not (images.pattern or files.pattern):
            continue
        if images.fixed == files.fixed:
            problem = f"{images.text} and {files.text} find the same file {min(both)}"
            raise ConfigError(key="dataset.masks", problem=problem, fix="write what tells masks from images")
        if images.fixed < files.fixed:
            images = images.without(both)
            if not images.found:
                problem = f"{files.text} finds every file of dataset.images={images.text} as well, such as {min(both)}"
                raise ConfigError(key="dataset.masks", problem=problem, fix="write more of their names, or the suffix")
        else:
            masks = {**masks, name: files.without(both)}
    if images.pattern and (unclear := next((one for one in images.found if one.unclear), None)):
        raise images.pattern.two_ways(images.root, unclear.path)
    for files in masks.values():
        if more := [name for name in files.names if name not in images.names]:
            problem = f"{files.text} has {{{more[0]}}}, which dataset.images={images.text} has not"
            raise ConfigError(key="dataset.masks", problem=problem, fix="write * for it, or name it in both")
    return Pairs(images, masks)


def _by_image(images: Files, masks: Files) -> dict[str, list[Path]]:
    """Masks by the id of their image.  Raises where one belongs to two images."""
    owners: dict[str, list[str]] = defaultdict(list)
    for image, groups in images.groups.items():
        owners[_unsuffixed(masks.called(groups))].append(image)
    by_image: dict[str, list[Path]] = defaultdict(list)
    for one in masks.found:
        ids = _fitting(one, images, masks) if one.unclear and masks.stars else owners.get(_called(one, masks), [])
        if len(ids) > 1:
            problem = f"belongs to {len(ids)} images, {ids[0]} and {ids[1]}"
            fix = f"write in dataset.masks={masks.text} what tells their masks apart"
            raise DataError(file=one.path, problem=problem, fix=fix)
        for image in ids:
            by_image[image].append(one.path)
    return dict(by_image)


def _called(one: Found, masks: Files) -> str:
    """What a mask is called by the pattern: its path, with * where the pattern has it."""
    if masks.stars or masks.pattern is None:
        return _unsuffixed(masks.called(one.groups))
    return _unsuffixed(one.path.relative_to(masks.root).as_posix())


def _unsuffixed(path: str) -> str:
    """A path without a readable suffix, in composed characters (NFC)."""
    path = normalize("NFC", path)
    return path.removesuffix(next((path[-len(known) :] for known in READERS if path.lower().endswith(known)), ""))


def _fitting(one: Found, images: Files, masks: Files) -> list[str]:
    """Images that a mask fits whose name can be read in several ways."""
    text = one.path.relative_to(masks.root).as_posix()
    pattern = masks.pattern
    return [image for image, groups in images.groups.items() if pattern and pattern.fits(text, groups)]
