"""Whose images these are, and which stay together besides."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from segaug.data.cases import FileCase
from segaug.data.patient_names import LIKELY, PATTERN, SURE, Patients, by_folder, from_names, unknown
from segaug.data.understand.found import Wishes
from segaug.data.understand.layout import Layout
from segaug.data.understand.levels import called_patients
from segaug.data.understand.pixels import equal_pixels
from segaug.data.understand.recognised import of_volumes
from segaug.data.understand.tables import Known


def patients_of(
    layout: Layout, table: Known | None, said: Mapping[str, Any], cases: Sequence[FileCase], known: Mapping[str, Any]
) -> Patients:
    """By what was said, a table, folders or names.  known: images or volumes by their names."""
    count = len({case.patient for case in cases})
    if not {"patient", "patient_pattern"}.isdisjoint(said):
        return Patients(SURE, f"{count}, as was said", count)
    if table and "patient" in table.columns:
        texts = {row["patient"] for row in table.rows.values()}
        some = ", ".join(sorted(texts)[:3])
        return Patients(
            SURE, f"{len(texts)} by the column {table.columns['patient']} of {table.path}: {some}", len(texts)
        )
    if layout.folders:
        by_word = called_patients(layout.folders)
        one_each = layout.kind == "folder" and len(layout.folders) == len(cases)
        return unknown(len(cases)) if one_each and not by_word else by_folder(layout.folders, by_word)
    names = list(known)
    found = from_names(names)
    if layout.kind != "volumes" or found.option:
        return found
    told = f"{found.count} volumes, each counted as a patient of its own; if several are of one: {PATTERN}"
    return replace(found, told=told, confidence=LIKELY)


def kept_together(
    cases: Sequence[FileCase], layout: Layout, options: Mapping[str, Any], table: Known | None, wishes: Wishes
) -> Mapping[str, str]:
    """Images that stay together besides those of one patient; where parts are given, whoever gave them decides."""
    if of_volumes(layout):
        return {}  # rows of a table are volumes there
    if any(case.part for case in cases) or (table and not {"part", "group"}.isdisjoint(table.columns)):
        return {}
    return wishes.copies(cases) if wishes.copies else equal_pixels(cases)
