"""The folders above images and above masks, level by level: the same for all, or a patient, a class or a part each."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from segaug.data.official import WORDS
from segaug.data.understand.roles import NEITHER, role_of_folder, words
from segaug.data.understand.tree import Name

PART, PATIENT, CLASS = "part", "patient", "class"
_OF_PATIENTS = ("patient", "subject", "subj", "sub", "case", "participant", "pat", "pt", "animal", "child", "pid")
_WORD = "|".join(sorted(WORDS, key=len, reverse=True))
_PART = re.compile(rf"(.*?)(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))((?i:{_WORD}))((?:[^a-zA-Z].*)?)")


@dataclass(frozen=True)
class Level:
    """One level of folders.  group: what its name says, "" where it is the same in all; then `before` is the name."""

    before: str
    after: str
    group: str
    texts: Mapping[str, str]  # folder -> what stands between `before` and `after`

    def pattern(self, group: str | None = None) -> str:
        """The level as a part of a pattern."""
        group = self.group if group is None else group
        return f"{self.before}{{{group}}}{self.after}" if group else self.before


def levels(names: Sequence[Name]) -> list[Level]:
    """Of files that lie equally deep; each of patient, class and part is found once, from the root down."""
    found: list[Level] = []
    for place in range(len(names[0].folders)):
        level = _level([name.folders[place] for name in names])
        taken = {one.group for one in found}
        if level.group and level.group in taken:
            spare = next((group for group in (CLASS, PATIENT) if group not in taken), "")
            level = Level(level.before, level.after, spare, level.texts)
        found.append(level)
    return found


def _level(folders: Sequence[str]) -> Level:
    values = sorted(set(folders))
    if len(values) == 1:
        return Level(values[0], "", "", {values[0]: ""})
    parts = [_PART.fullmatch(value) for value in values]
    if all(parts) and len({(part[1], part[3]) for part in parts if part}) == 1:
        texts = {part[0]: part[2] for part in parts if part}
        first = next(part for part in parts if part)
        return Level(first[1], first[3], PART, texts)
    before, after = _around(values) if any(role_of_folder(value) != NEITHER for value in values) else ("", "")
    texts = {value: value[len(before) : len(value) - len(after)] for value in values}
    return Level(before, after, PATIENT if are_patients(texts.values()) else CLASS, texts)


def are_patients(texts: Iterable[str]) -> bool:
    """Do these names look like those of patients: numbered, or called so?"""
    texts = list(texts)
    numbered = sum(any(letter.isdigit() for letter in text) for text in texts)
    return called_patients(texts) or (len(texts) >= 3 and numbered >= 0.8 * len(texts))


def called_patients(texts: Iterable[str]) -> bool:
    """Does each name hold a word for patient, and a number?"""
    return all(any(word in _OF_PATIENTS for word in words(text)) and re.search(r"\d", text) for text in texts)


def _around(values: Sequence[str]) -> tuple[str, str]:
    """What all names begin and end with, up to a separator, so that something is left of each."""
    before = re.sub(r"[A-Za-z0-9]*$", "", _start(values))
    left = [value[len(before) :] for value in values]
    after = re.sub(r"^[A-Za-z0-9]*", "", _start([value[::-1] for value in left])[::-1])
    return (before, after) if all(len(value) > len(after) for value in left) else (before, "")


def _start(texts: Sequence[str]) -> str:
    """What all begin with."""
    first, last = min(texts), max(texts)
    end = next((at for at, letter in enumerate(first) if letter != last[at]), len(first))
    return first[:end]
