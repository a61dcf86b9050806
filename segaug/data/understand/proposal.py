"""From a folder to a proposal: the options of a config, a table where one is needed, and every guess in words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from segaug.data.patient_names import Patients
from segaug.data.rules.intensity import ct_without_window
from segaug.data.split import PARTS
from segaug.data.task import Split
from segaug.data.understand.built import built, listed, typed
from segaug.data.understand.found import Found, Wishes
from segaug.data.understand.held import IMAGES, evenly, of_masks
from segaug.data.understand.left_over import left_over
from segaug.data.understand.own_table import rows_of, table_options, unnamed, without_mask
from segaug.data.understand.parts import fitted, parts_of
from segaug.data.understand.pixels import of_images, size_for
from segaug.data.understand.recognised import called, layout_of, options_of, provisional
from segaug.data.understand.several import joined_masks, of_graders
from segaug.data.understand.tables import table_of
from segaug.data.understand.tree import walk
from segaug.data.understand.whose import kept_together, patients_of
from segaug.errors import ConfigError, DataError


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What was understood.

    options: of the config, without what is the default.  table: rows of a file that is to lie beside the config; none
    where it is not needed.  told: of each subject what was found.  not_used: suffix -> files that belong to nothing.
    problems: what keeps the set from being used.  asks: what has to be said before anything can be written.
    """

    name: str
    kind: str
    options: dict[str, Any]
    table: list[dict[str, str]]
    told: dict[str, list[str]]
    images: int
    patients: Patients
    pool: int
    not_used: dict[str, list[str]]
    problems: tuple[str, ...]
    asks: ConfigError | None


def understand(root: Path, wishes: Wishes) -> Proposal:
    """Look at a folder; nothing in it is changed.  Raises where nothing in it is understood."""
    tree = walk(root)
    layout = layout_of(tree, wishes)
    wishes = replace(wishes, options=typed(layout.kind, wishes.options))
    base = options_of(tree, layout, wishes.options)
    looked_at = provisional(layout, base)
    cases, errors = listed(looked_at)
    lacking = [case for case in cases if case.mask_file is None]
    kept = [case for case in cases if case.mask_file is not None]
    if not kept:
        raise DataError(file=root, problem="has no image with a mask", fix=str(errors[0]) if errors else "add masks")
    known = {called(case, layout): [case.image_file] for case in kept}
    table = None if "table" in wishes.options else table_of(tree, known)
    if table and "patient_pattern" in wishes.options:
        table = table.without("patient")  # what was said stands above it
    nameless: list[str] = []
    if table and table.says:
        nameless = [name for name in known if name not in table.rows]
        kept = [case for case in kept if called(case, layout) in table.rows]
        known = {name: files for name, files in known.items() if name in table.rows}
    patients = patients_of(layout, table, wishes.options, kept, known)
    groups = kept_together(kept, layout, base, table, wishes)
    found = Found(tree, layout, base, kept, lacking, known, table, patients, groups, nameless)
    return _proposal(found, [*errors, *of_graders(looked_at, base.get("graders", {}))], wishes)


def _proposal(found: Found, errors: Sequence[DataError | ConfigError], wishes: Wishes) -> Proposal:
    options, told = dict(found.base), {"layout": [found.layout.called, *found.layout.told]}
    told["patients"] = [f"{found.patients.confidence}: {found.patients.told}"]
    meant, foregrounds = of_masks(found)
    options |= meant.options
    told["masks"] = [*meant.told, *joined_masks(found.kept, found.base)]
    of_volumes = found.layout.kind == "volumes"
    looked = of_images(evenly(found.kept, IMAGES), volumes=of_volumes)
    size = size_for(foregrounds)
    options |= looked.options | size.options
    told["images"] = [*looked.told, *size.told]
    rows = rows_of(found, wishes.name)
    options |= table_options(found, rows, wishes.name)
    if found.patients.option and "patient_pattern" not in wishes.options:
        options[found.patients.option[0]] = found.patients.option[1]
    told["split"] = fitted(found, options)
    options |= wishes.options
    if rows and "patient" in rows[0]:
        options.pop("patient_pattern", None)
    if found.groups:
        kind = "near copies" if wishes.copies else "equal pixels"
        names = len(set(found.groups.values()))
        told["copies"] = [f"{len(found.groups)} images have {kind}: {names} groups, which the split keeps together"]
    if found.table:
        told["table"] = [found.table.told]
    if found.table and found.unnamed:
        told["table"].append(unnamed(found.unnamed, found.table))
    if found.lacking:
        told["layout"].append(without_mask(found.lacking))
    sizes = built(found.layout.kind, options | {"beside": "."}).split
    parts = parts_of(found, rows, options, sizes)
    if isinstance(parts, Split):
        counts = ", ".join(f"{part} {len(getattr(parts, part))}" for part in PARTS)
        told["split"].append(f"images: {counts}")
    lacking = {str(case.image_file) for case in found.lacking}
    wrong = [str(error) for error in errors if isinstance(error, ConfigError) or error.file not in lacking]
    ct = (found.layout.ct or looked.ct) and not any(key in wishes.options for key in ("intensity", "rescale"))
    return Proposal(
        name=wishes.name,
        kind=found.layout.kind,
        options=options,
        table=rows,
        told=told,
        images=len(found.kept),
        patients=found.patients,
        pool=0 if isinstance(parts, ConfigError) else len(parts.pool),
        not_used=left_over(found.tree, found.base, [*found.kept, *found.lacking], found.table, of_volumes),
        problems=(
            *dict.fromkeys(wrong),
            *looked.problems,
            *meant.problems,
            *([str(parts)] if isinstance(parts, ConfigError) else []),
        ),
        asks=ct_without_window() if ct else None,
    )
