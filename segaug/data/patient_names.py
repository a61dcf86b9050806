"""Which images are of one patient, as far as their names tell; what is told with every proposal."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

SURE, LIKELY, UNKNOWN = "sure", "likely", "unknown"
_LONG = r"patient|subject|subj|sub|participant|case|animal|child"
_CALLED = rf"(?:^|[^A-Za-z])((?:{_LONG})[-_ ]?[0-9]+)(?![0-9])"
_SHORT = r"(?:^|[^A-Za-z])([pP](?:at|t|id)?[-_ ]?[0-9]+)(?![0-9])"
_EYES = r"^(.*[0-9])[-_ ]?(?:L|R|OD|OS|left|right)$"
_BY_SEPARATOR = (r"^([^_]+)_", r"^([^-]+)-", r"^([^ ]+) ", r"^([^_]+_[^_]+)_", r"^(.+)_[^_]+$", r"^(.+)-[^-]+$")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
PATTERN = "type --set \"patient_pattern='^([^_]+)_'\" (which reads p07 from p07_slice3)"
_MOST_EACH, _FEW = 40, 10  # images each of so few patients: more likely sites or days than patients


@dataclass(frozen=True)
class Patients:
    """Whose images these are.  option: the line of the config, none where it is unknown or said by folders."""

    confidence: str
    told: str
    count: int
    option: tuple[str, str] | None = None


def from_names(ids: Sequence[str]) -> Patients:
    """By a part of the names that repeats.  What is not seen stays unknown, and each image is its own patient."""
    for pattern, rule, confidence in (
        (_CALLED, "a number behind a word for patient", SURE),
        (_SHORT, "p and a number", LIKELY),
        (_EYES, "what stands before left or right", LIKELY),
    ):
        found = _groups(pattern, ids)
        if found and 1 < len(found) < len(ids):
            return _proposed(pattern, rule, confidence, found)
    best: tuple[str, Counter[str]] | None = None
    for pattern in _BY_SEPARATOR:
        pattern = _behind_folders(pattern) if any("/" in name for name in ids) else pattern
        found = _groups(pattern, ids)
        if found and _are_patients(found, len(ids)) and (best is None or len(found) < len(best[1])):
            best = pattern, found
    if best:
        return _proposed(best[0], "the part of the names that repeats", LIKELY, best[1])
    return unknown(len(ids))


def unknown(count: int) -> Patients:
    """What to say, and what to type, where nothing tells."""
    told = (
        "each image counts as a patient of its own. If several are of one patient, scores will be too good: "
        f"{PATTERN}, or name a column of a table, --set table=FILE.csv --set patient=COLUMN"
    )
    return Patients(UNKNOWN, told, count)


def by_folder(folders: Sequence[str], sure: bool) -> Patients:
    """Of a set with one folder a patient."""
    told = f"{len(folders)} by folders, such as {_some(folders)}"
    return Patients(SURE if sure else LIKELY, told, len(folders))


def _behind_folders(pattern: str) -> str:
    """The same, of what stands behind the last slash."""
    within = pattern.replace(".+", "[^/]+").replace("[^_]", "[^_/]").replace("[^-]", "[^-/]").replace("[^ ]", "[^ /]")
    return within.replace("^(", "(?:^|/)(", 1) + ("" if within.endswith("$") else "[^/]*$")


def _groups(pattern: str, ids: Sequence[str]) -> Counter[str] | None:
    """Images of each text that the pattern finds; None unless it finds one in all."""
    found = [re.search(pattern, name) for name in ids]
    return Counter(match[1] for match in found if match) if all(found) else None


def _are_patients(found: Counter[str], images: int) -> bool:
    """Numbered, several, with several images: not classes, sites or days."""
    if not all(re.search(r"[0-9]", text) for text in found) or all(_YEAR.match(text) for text in found):
        return False
    if len(found) < 3 or len(found) > images / 1.5:
        return False
    return len(found) > _FEW or images / len(found) <= _MOST_EACH


def _proposed(pattern: str, rule: str, confidence: str, found: Counter[str]) -> Patients:
    least, most = min(found.values()), max(found.values())
    each = f"{least} to {most} images" if least < most else f"{least} images"
    told = (
        f"{len(found)} by {rule}: {_some(list(found))}; {each} each. "
        "If that is not the patient, type --set patient_pattern=null (each image is a patient of its own), or another "
        "pattern"
    )
    return Patients(confidence, told, len(found), ("patient_pattern", pattern))


def _some(texts: Sequence[str]) -> str:
    """First, middle and last."""
    ordered = sorted(texts)
    shown = dict.fromkeys([ordered[0], ordered[len(ordered) // 2], ordered[-1]])
    return ", ".join(shown)
