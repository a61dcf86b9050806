"""Where the files of a set lie, said by a pattern such as `{patient}/img/{id}_0000.png`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from unicodedata import normalize

from segaug.data.place import inside, refuse_foreign
from segaug.data.readers import READERS
from segaug.errors import ConfigError, DataError

GROUPS = ("id", "patient", "site", "part", "class")
"""What a pattern may say of a file: its name, whose image it is, where it was taken, the official part, and its class
(which `dataset.where` can ask for).  `*` is any text that says nothing."""
_TOKEN = re.compile(r"\{([^{}]*)\}|(\*)")
_LEFT_ALONE = "__MACOSX"  # copies of every name, with what a Mac knows of the file


def is_pattern(text: str) -> bool:
    """Is this a pattern, rather than the name of a folder?"""
    return "{" in text


@dataclass(frozen=True)
class Found:
    """A file, and what the pattern says of it; texts in composed form (NFC), since a Mac writes names apart."""

    path: Path
    groups: Mapping[str, str]
    unclear: bool = False  # may its name be read in another way?


@dataclass(frozen=True)
class Pattern:
    """Folders and file names below a root, with `{id}`, other groups of `GROUPS` and `*`.

    A group that is named twice is the same text in both places.  A suffix that is left out is any readable one, unless
    names are whole: then each is spelt out to its end, as those of volumes are, which may be folders.
    """

    text: str
    key: str  # of the config, for errors
    whole: bool = False
    suffixes: tuple[str, ...] = tuple(READERS)  # that its files may have

    def __post_init__(self) -> None:
        inside(Path(), self.text, self.key, follow_links=True)
        unknown = [name for name in self._named if name not in GROUPS]
        if unknown or "id" not in self._named:
            problem = f"{{{unknown[0]}}} is not understood" if unknown else f"{self.text!r} has no {{id}}"
            others = ", ".join(f"{{{name}}}" for name in GROUPS[1:])
            fix = f"use {{id}} and, where they are known, {others}; * is any text"
            raise ConfigError(key=self.key, problem=problem, fix=fix)
        if touching := re.search(r"(\}|\*)(\{|\*)", self.text):
            problem = (
                f"{self.text!r} has nothing between {touching[1]} and {touching[2]}: names can be read in many ways"
            )
            raise ConfigError(key=self.key, problem=problem, fix="write what stands between them, as in {id}_mask*")
        suffix = re.search(r"\.[A-Za-z]\w{1,4}$", self.text)
        if suffix and not self.whole and suffix[0].lower() not in self.suffixes:
            fix = f"use one of {', '.join(self.suffixes)}, or leave it out for any of them"
            raise ConfigError(key=self.key, problem=f"{suffix[0]} is no readable suffix", fix=fix)

    @property
    def names(self) -> tuple[str, ...]:
        """The groups, each once, in the order of the pattern."""
        return tuple(dict.fromkeys(self._named))

    @property
    def joins(self) -> bool:
        """May several files have one id, as parts of one mask?  They may where a `*` follows the id."""
        return "*" in self.text[self.text.rindex("{id}") :]

    def filled(self, groups: Mapping[str, str]) -> str:
        """The pattern with these texts in the places of its groups."""
        return _TOKEN.sub(lambda token: groups.get(token[1], token[0]) if token[1] else "*", self.text)

    def fits(self, path: str, groups: Mapping[str, str]) -> bool:
        """Is this path, relative to the root, one of a file that these groups are true of?"""
        one = re.compile("/".join(_part(part, groups, self.suffixes) for part in self._parts) + self._suffix)
        return one.fullmatch(normalize("NFC", path)) is not None

    def find(self, root: Path, follow_links: bool) -> Iterator[Found]:
        """All files of the pattern, by path; hidden ones are left alone.

        Raises DataError where a link leads out of root, unless they are followed.
        """
        *folders, names = self._parts
        level: list[tuple[Path, str]] = [(root, "")]
        for place, part in enumerate([*folders, names]):
            last = place == len(folders)
            one = re.compile(_part(part, {}, self.suffixes) + (self._suffix if last else ""))
            level = [
                (path, f"{above}/{name}" if above else name)
                for folder, above in level
                for path in sorted(folder.iterdir())
                if one.fullmatch(name := normalize("NFC", path.name))
                and not path.name.startswith(".")
                and path.name != _LEFT_ALONE
                and (last or path.is_dir())
            ]
        for path, text in level:
            short, long = (one.fullmatch(text) for one in self._expressions)
            if short and long:
                if not follow_links:
                    refuse_foreign(path, root)
                unclear = short.groupdict() != long.groupdict()
                yield Found(path, {name: short[f"g_{name}"] for name in self.names}, unclear)

    def two_ways(self, root: Path, path: Path) -> DataError:
        """What to say of a file that is unclear."""
        text = normalize("NFC", path.relative_to(root).as_posix())
        short, long = (match for one in self._expressions if (match := one.fullmatch(text)))
        name = next(name for name in self.names if short[f"g_{name}"] != long[f"g_{name}"])
        ways = f"{short[f'g_{name}']!r} or {long[f'g_{name}']!r}"
        problem = f"can be read in two ways by {self.text}: its {name} is {ways}"
        fix = f"write more of the names in {self.key}; a patient can be taken from an id by dataset.patient_pattern"
        return DataError(file=path, problem=problem, fix=fix)

    @property
    def _named(self) -> list[str]:
        return [token[1] for token in _TOKEN.finditer(self.text) if not token[2]]

    @property
    def _parts(self) -> list[str]:
        return normalize("NFC", self.text).split("/")

    @property
    def _suffix(self) -> str:
        any_of_them = "(?i:" + "|".join(map(re.escape, self.suffixes)) + ")"
        return "" if self.whole or self.text.lower().endswith(self.suffixes) else any_of_them

    @cached_property
    def _expressions(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """The pattern with groups as short, and as long, as they can be."""
        text = normalize("NFC", self.text)
        short, long = (_whole(text, *ways, self.suffixes) for ways in (("[^/]+?", "[^/]*"), ("[^/]+", "[^/]*?")))
        return re.compile(short + self._suffix), re.compile(long + self._suffix)


def _part(part: str, groups: Mapping[str, str], suffixes: tuple[str, ...]) -> str:
    """One part of a path as a regular expression, with these texts in the places of its groups."""
    pieces, end = [], 0
    for token in _TOKEN.finditer(part):
        known = groups.get(token[1] or "")
        any_text = "[^/]*" if token[2] else "[^/]+"
        pieces += [_literal(part[end : token.start()], suffixes), re.escape(known) if known else any_text]
        end = token.end()
    return "".join([*pieces, _literal(part[end:], suffixes)])


def _whole(text: str, group: str, star: str, suffixes: tuple[str, ...]) -> str:
    """A pattern as a regular expression; a group that comes again is what it was before."""
    pieces, end = [], 0
    seen: set[str] = set()
    for token in _TOKEN.finditer(text):
        name = token[1]
        again = f"(?P=g_{name})" if name in seen else f"(?P<g_{name}>{group})"
        pieces += [_literal(text[end : token.start()], suffixes), star if token[2] else again]
        seen.add(name)
        end = token.end()
    return "".join([*pieces, _literal(text[end:], suffixes)])


def _literal(text: str, suffixes: tuple[str, ...]) -> str:
    """These characters; the case of a suffix says nothing."""
    suffix = next((known for known in suffixes if text.lower().endswith(known)), "")
    if not suffix:
        return re.escape(text)
    return re.escape(text[: -len(suffix)]) + f"(?i:{re.escape(suffix)})"
