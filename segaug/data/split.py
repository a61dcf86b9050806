"""Which images are for testing, validating, registering against and training.

The split depends on patients, duplicate groups and the sizes asked for, and on nothing else: not on the order of the
files, N, the seed, the strategy, or how images are decoded.  Parts are filled in the order test, validation, external,
pool, so that changing the size of one part leaves the parts before it as they are.  Images without a mask join the
external part after all parts are cut, so that they move no other image.

With target sites the order is validation, test on one side, and external, pool on the other.  Sites are looked at only
then.  Where the publisher named parts, those are taken as they are, and what was left open is cut from what was named
for training, or not named at all.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import combinations

import numpy as np

from segaug.data.fitting import options_to_type
from segaug.data.official import TEST, TRAIN, VALIDATION, by_part
from segaug.data.sites import KEY as TARGET
from segaug.data.sites import by_target
from segaug.data.task import Case, Split, SplitSizes
from segaug.data.unlabelled import labelled_too
from segaug.errors import ConfigError, DataError

PARTS = ("test", "validation", "external", "pool")


def split(cases: Sequence[Case], sizes: SplitSizes) -> Split:
    """Cut the cases by patient and duplicate group; parts hold row numbers in increasing order.

    cases: those without a mask last, as in `Dataset.cases`.
    """
    _check(sizes)
    unlabelled = [row for row, case in enumerate(cases) if not case.labelled]
    cases = [case for case in cases if case.labelled]
    waiting = sorted(groups(cases), key=lambda rows: _rank(cases, rows), reverse=True)  # the next one is at the end
    if any(case.part for case in cases):
        parts = _official(by_part(cases, waiting, sizes.target), sizes, len(cases))
    else:
        parts = _across_sites(cases, waiting, sizes) if sizes.target else _of_one_population(waiting, sizes, len(cases))
    if not parts.test or not parts.pool:
        counts = ", ".join(f"{part} {len(getattr(parts, part))}" for part in PARTS)
        problem = f"of {len(cases)} images in {len(groups(cases))} groups of patients, the parts would get {counts}"
        fix = f"add patients, or {options_to_type(cases, sizes)}"
        raise ConfigError(key="dataset.split", problem=problem, fix=fix)
    return replace(parts, external=(*parts.external, *unlabelled))


def groups(cases: Sequence[Case]) -> list[list[int]]:
    """Rows that must stay together: linked by a patient or a duplicate group, directly or through other rows."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    names = [("patient", case.patient) for case in cases]
    names += [("group", case.duplicate_group or f"\0{case.id}") for case in cases]
    nodes = {name: number for number, name in enumerate(dict.fromkeys(names))}
    patient, group = np.array([nodes[name] for name in names]).reshape(2, -1)
    links = coo_array((np.ones(len(cases)), (patient, group)), shape=(len(nodes), len(nodes)))
    component = connected_components(links, directed=False)[1]
    rows: dict[int, list[int]] = defaultdict(list)
    for row, node in enumerate(patient):
        rows[component[node]].append(row)
    return list(rows.values())


def leaks(cases: Sequence[Case], parts: Split, pixel_hash: Sequence[str]) -> list[DataError]:
    """Every pair of images on two sides of the split that share patient, duplicate group or pixel content.

    A labelled image and one without a mask may share nothing, wherever they are: under other sizes of the split it
    would be a leak.  pixel_hash: one hash of the decoded pixels per case.
    """
    side = {row: part for part in PARTS for row in getattr(parts, part)}
    shared: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, (case, content) in enumerate(zip(cases, pixel_hash, strict=True)):
        shared["the same patient", case.patient].append(row)
        shared["identical pixels", content].append(row)
        if case.duplicate_group:
            shared["the same duplicate group", case.duplicate_group].append(row)
    return [
        _leak(what, cases[first], side[first], cases[second], side[second])
        for (what, _), rows in shared.items()
        for first, second in combinations(rows, 2)
        if side[first] != side[second] or cases[first].labelled != cases[second].labelled
    ]


def _leak(what: str, first: Case, first_side: str, second: Case, second_side: str) -> DataError:
    if first.labelled and not second.labelled:
        return labelled_too(second, what, first)
    problem = f"has {what} as {second.location}, but is in the {first_side} set while that is in the {second_side} set"
    fix = "delete one of them, or give both one value in a column of the table and set dataset.group to that column"
    return DataError(file=first.location, problem=problem, fix=fix)


def _of_one_population(waiting: list[list[int]], sizes: SplitSizes, images: int) -> Split:
    """All parts from all sites."""
    test = _take(waiting, round(sizes.test_share * images))
    rest = images - len(test)
    validation = _take(waiting, _for_validation(sizes, rest))
    external = _take(waiting, _for_external(sizes, rest))
    return Split(test, validation, external, pool=_take(waiting, images))


def _official(named: Mapping[str, list[list[int]]], sizes: SplitSizes, images: int) -> Split:
    """Test and validation as they were named, or cut from what is for training, whence external images come as well."""
    training = list(named.get(TRAIN, []))
    test = _all(named[TEST]) if TEST in named else _take(training, round(sizes.test_share * images))
    rest = images - len(test)
    given = named.get(VALIDATION)
    validation = _all(given) if given else _take(training, _for_validation(sizes, rest))
    external = _take(training, _for_external(sizes, rest))
    return Split(test, validation, external, pool=_take(training, images))


def _across_sites(cases: Sequence[Case], waiting: list[list[int]], sizes: SplitSizes) -> Split:
    """Validation and test from the target sites, external part and pool from the others; no image is left over."""
    target, others = by_target(cases, waiting, sizes.target)
    of_target, of_others = (sum(map(len, side)) for side in (target, others))
    validation = _take(target, _for_validation(sizes, of_target))
    external = _take(others, _for_external(sizes, of_others))
    test = _take(target, of_target)
    if not test or 2 * len(test) < len(validation):
        problem = f"has {of_target} images: validation would get {len(validation)} of them and test only {len(test)}"
        fix = f"name more sites, or set dataset.split.min_validation={max(1, of_target // 3)}"
        raise ConfigError(key=TARGET, problem=problem, fix=fix)
    return Split(test, validation, external, pool=_take(others, of_others))


def _for_validation(sizes: SplitSizes, images: int) -> int:
    return max(sizes.min_validation, min(sizes.max_validation, round(sizes.validation_share * images)))


def _for_external(sizes: SplitSizes, images: int) -> int:
    return min(sizes.max_external, round(sizes.external_share * images))


def _rank(cases: Sequence[Case], rows: Sequence[int]) -> bytes:
    """Place of a group in the fixed shuffle: a hash of its smallest patient id."""
    return sha256(min(cases[row].patient for row in rows).encode()).digest()


def _take(waiting: list[list[int]], count: int) -> tuple[int, ...]:
    """Move whole groups out of `waiting` until at least `count` rows are taken."""
    rows: list[int] = []
    while waiting and len(rows) < count:
        rows += waiting.pop()
    return tuple(sorted(rows))


def _all(groups: list[list[int]]) -> tuple[int, ...]:
    return tuple(sorted(row for rows in groups for row in rows))


def _check(sizes: SplitSizes) -> None:
    for name in ("test_share", "validation_share", "external_share"):
        if not 0 <= getattr(sizes, name) < 1:
            fix = "use a share from 0 to below 1"
            raise ConfigError(key=f"dataset.split.{name}", problem=f"got {getattr(sizes, name)}", fix=fix)
    for name in ("min_validation", "max_validation", "max_external"):
        if getattr(sizes, name) < 0:
            fix = "use a number of images, 0 or more"
            raise ConfigError(key=f"dataset.split.{name}", problem=f"got {getattr(sizes, name)}", fix=fix)
    if sizes.min_validation > sizes.max_validation:
        problem = f"{sizes.min_validation} is above dataset.split.max_validation={sizes.max_validation}"
        raise ConfigError(key="dataset.split.min_validation", problem=problem, fix="make it smaller")
