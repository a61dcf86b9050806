"""Notes on whose images these are: where nobody has said it, and where names speak against what was said."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from unicodedata import normalize

from segaug.data.cases import FileCase
from segaug.data.check.report import Note
from segaug.data.patient_names import from_names
from segaug.data.task import Case

_WORDS = re.compile(r"[^\W\d_]+|\d+(?:\.\d+)*|[^\w\s-]")  # letters, a number, another sign
_MANY = 0.5  # of the patients that names tell of


def patients(cases: Sequence[Case]) -> list[Note]:
    """At most one on patterns and columns, and one on patients whose names are nearly the same."""
    return [*(_nobody_said(cases) or _spread(cases)), *alike({case.patient for case in cases})]


def _nobody_said(cases: Sequence[Case]) -> list[Note]:
    if _own_patients(cases):
        text = (
            "every image counts as a patient of its own; if patients have several images, set dataset.patient or "
            "dataset.patient_pattern, or scores will be too good"
        )
        return [Note(text + _suggested(cases))]
    unlabelled = [case for case in cases if not case.labelled]
    if unlabelled and _own_patients(unlabelled):
        text = (
            f"each of the {len(unlabelled)} images without a mask counts as a patient of its own; make sure that none "
            "shows a patient of the labelled images, or set a dataset.patient_pattern that fits the names of both"
        )
        return [Note(text)]
    return []


def _suggested(cases: Sequence[Case]) -> str:
    """What names tell, and how to say it; nothing where they tell nothing."""
    found = from_names([case.id for case in cases])
    if not found.option:
        return ""
    key, pattern = found.option
    return f"; by their names there are {found.count} patients, \"dataset.{key}='{pattern}'\""


def _spread(cases: Sequence[Case]) -> list[Note]:
    """Images that names put together, and that are said to be of several patients."""
    by_name = _by_name(cases)
    several = [own for own in by_name.values() if len(own) > 1]
    spread = [own for own in several if len({case.patient for case in own}) > 1]
    if len(spread) <= _MANY * len(several):
        return []
    first = spread[0]
    text = (
        f"names tell of {len(by_name)} patients, and images of {len(spread)} of them are said to be of several: "
        f"{first[0].id} of {first[0].patient}, {first[-1].id} of {first[-1].patient}; look whether "
        "dataset.patient_pattern or dataset.patient means patients, or scores may be too good"
    )
    return [Note(text)]


def _by_name(cases: Sequence[Case]) -> Mapping[str, list[Case]]:
    """Images by the patient that their names tell of; none where they tell of none."""
    found = from_names([case.id for case in cases])
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in cases if found.option else ():
        match = re.search(found.option[1], case.id) if found.option else None
        if match:
            groups[match[1]].append(case)
    return groups


def alike(names: set[str]) -> list[Note]:
    """Patients whose names are the same but for capitals, spaces, hyphens and zeros before a number."""
    by_form: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        words = _WORDS.findall(normalize("NFKC", name).casefold())
        by_form[" ".join(re.sub("^0+(?=[0-9])", "", word) for word in words)].append(name)
    several = [own for own in by_form.values() if len(own) > 1]
    if not several:
        return []
    some = "; ".join(" and ".join(map(repr, own[:2])) for own in several[:3]) + "; ..." * (len(several) > 3)
    text = (
        f"{len(several)} patients have names that differ only in capitals, spaces, hyphens or zeros: {some}; if each "
        "is one patient, write it in one way, or scores will be too good"
    )
    return [Note(text)]


def _own_patients(cases: Sequence[Case]) -> bool:
    return all(isinstance(case, FileCase) and case.patient == case.id for case in cases)
