"""Sizes of the parts that suit the number of patients, and the split as it will be."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from segaug.data.fitting import fitting_sizes
from segaug.data.kinds.rows import patient_of
from segaug.data.official import part_of
from segaug.data.split import split
from segaug.data.task import Split, SplitSizes
from segaug.data.understand.found import Found
from segaug.data.understand.recognised import called
from segaug.errors import ConfigError


def fitted(found: Found, options: dict[str, Any]) -> list[str]:
    """Sizes that suit the number of patients, written into the options; what is said of them."""
    sizes, usual = fitting_sizes(found.patients.count, len(found.kept)), SplitSizes()
    changed = {key: getattr(sizes, key) for key in ("min_validation", "max_external")}
    changed = {key: value for key, value in changed.items() if value != getattr(usual, key)}
    if changed:
        options["split"] = {**options.get("split", {}), **changed}
    text = ", ".join(f"{key} {value}" for key, value in changed.items())
    return [f"sizes that suit {found.patients.count} patients: {text}" if text else "the usual sizes"]


def parts_of(
    found: Found, rows: Sequence[Mapping[str, str]], options: Mapping[str, Any], sizes: SplitSizes
) -> Split | ConfigError:
    """The split as it will be, from what names and tables say of each image; or why there is none."""
    named = {row["id"]: row for row in rows} or (found.table.rows if found.table else {})
    pattern = options.get("patient_pattern")
    cases = []
    for case in found.kept:
        name = called(case, found.layout)
        known = named.get(name, {})
        patient = known.get("patient") or (patient_of(name, pattern) if pattern else case.patient)
        part = part_of(known.get("part", ""), name) or case.part
        cases.append(replace(case, patient=patient, part=part, duplicate_group=known.get("group", "")))
    try:
        return split(cases, sizes)
    except ConfigError as error:
        return error
