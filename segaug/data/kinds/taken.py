"""Which pictures are taken where they are slices of a patient: those that hold a structure, evenly, and some others."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segaug.data.cases import FileCase
from segaug.data.rules.slices import MOST_WITHOUT, LeftOut, Slices
from segaug.data.rules.values import joined
from segaug.errors import ConfigError, DataError


@dataclass(frozen=True)
class Taken:
    """The cases that are left, in their order, those whose masks cannot be read, and what the rule did."""

    cases: list[FileCase]
    problems: list[DataError]
    left_out: LeftOut


def rule_of(per_patient: int | None, share_without: float) -> Slices | None:
    """The rule of these two options; None where all images are taken."""
    if per_patient is not None and per_patient < 1:
        fix = "use 1 or more, or null to take all images"
        raise ConfigError(key="dataset.per_patient", problem=f"got {per_patient}", fix=fix)
    if not 0 <= share_without <= MOST_WITHOUT:
        problem, fix = f"got {share_without:g}", f"use 0 to {MOST_WITHOUT}; {Slices().share_without:g} is the default"
        raise ConfigError(key="dataset.share_without", problem=problem, fix=fix)
    return None if per_patient is None else Slices(per_patient=per_patient, share_without=share_without)


def taken(
    cases: Sequence[FileCase], lacking: Sequence[DataError], rule: Slices, chosen: Sequence[int], allowed: Sequence[int]
) -> Taken:
    """Opens every mask.  Slices of a patient follow each other by the numbers in their names: 2 comes before 10.

    lacking: what is wrong with the listing already.
    chosen: mask values of the structures; allowed: all that may occur.  Images without a mask are all taken.
    """
    problems = list(lacking)
    of_patient: dict[str, list[tuple[FileCase, bool]]] = defaultdict(list)
    for case in cases:
        if not case.labelled:
            continue
        try:
            held = bool(np.isin(joined(case.read_mask(), allowed), chosen).any())
            of_patient[case.patient].append((case, held))
        except DataError as error:
            problems.append(error)
    left, all_held, taken_held = set(), 0, 0
    for slices in of_patient.values():
        slices.sort(key=lambda one: _numbered(one[0].id))
        holds = np.array([held for _, held in slices], dtype=bool)
        places = rule.chosen(holds)
        left |= {slices[place][0].id for place in places}
        all_held, taken_held = all_held + int(holds.sum()), taken_held + int(holds[places].sum())
    without = sorted(patient for patient, slices in of_patient.items() if not any(held for _, held in slices))
    told = LeftOut(
        taken=taken_held,
        of=all_held,
        taken_without=len(left) - taken_held,
        of_without=sum(map(len, of_patient.values())) - all_held,
        patients_without=tuple(without),
    )
    return Taken([case for case in cases if case.id in left or not case.labelled], problems, told)


def _numbered(name: str) -> list[tuple[int, str]]:
    """A name such that numbers in it sort as numbers."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)]
