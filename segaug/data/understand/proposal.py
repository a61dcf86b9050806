"""From a folder to a proposal: the options of a config, a table where one is needed, and every guess in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from segaug.data.cases import FileCase
from segaug.data.fitting import fitting_sizes
from segaug.data.kinds.rows import patient_of
from segaug.data.official import part_of
from segaug.data.rules.intensity import ct_without_window
from segaug.data.split import PARTS, split
from segaug.data.task import Split, SplitSizes
from segaug.data.understand.arrays import arrays
from segaug.data.understand.built import built, listed, typed
from segaug.data.understand.described import described
from segaug.data.understand.layout import Layout
from segaug.data.understand.left_over import left_over
from segaug.data.understand.levels import called_patients
from segaug.data.understand.marked import marked
from segaug.data.understand.mask_values import Meaning, meaning, values_of
from segaug.data.understand.patients import LIKELY, PATTERN, SURE, Patients, by_folder, from_names
from segaug.data.understand.pictures import pictures
from segaug.data.understand.pixels import equal_pixels, of_images, size_for
from segaug.data.understand.several import joined_masks, of_graders
from segaug.data.understand.stacks import volumes
from segaug.data.understand.tables import Known, table_of
from segaug.data.understand.tree import Tree, walk
from segaug.errors import ConfigError, DataError

RECOGNISERS: tuple[Callable[[Tree], Layout | None], ...] = (described, arrays, marked, volumes, pictures)
"""The most certain first."""
MASKS, IMAGES = 2000, 40  # that are looked at, evenly chosen
_OWN_TABLE = "beside:{name}.csv"


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What whoever imports has said.  options: they stand above every guess.  groups: of near copies, by image."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    copies: Callable[[Sequence[FileCase]], Mapping[str, str]] | None = None  # finds them, where that is asked for


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
    layout = _layout(tree, wishes)
    wishes = replace(wishes, options=typed(layout.kind, wishes.options))
    base = _options(tree, layout, wishes.options)
    provisional = _provisional(layout, base)
    cases, errors = listed(provisional)
    lacking = [case for case in cases if case.mask_file is None]
    kept = [case for case in cases if case.mask_file is not None]
    if not kept:
        raise DataError(file=root, problem="has no image with a mask", fix=str(errors[0]) if errors else "add masks")
    known = {_name(case, layout): [case.image_file] for case in kept}
    table = None if "table" in wishes.options else table_of(tree, known)
    if table and "patient_pattern" in wishes.options:
        table = table.without("patient")  # what was said stands above it
    unnamed: list[str] = []
    if table and table.says:
        unnamed = [name for name in known if name not in table.rows]
        kept = [case for case in kept if _name(case, layout) in table.rows]
        known = {name: files for name, files in known.items() if name in table.rows}
    patients = _patients(layout, table, wishes.options, kept, known)
    groups = _groups(kept, layout, base, table, wishes)
    found = _Found(tree, layout, base, kept, lacking, known, table, patients, groups, unnamed)
    return _proposal(found, [*errors, *of_graders(provisional, base.get("graders", {}))], wishes)


def _groups(
    cases: Sequence[FileCase], layout: Layout, options: Mapping[str, Any], table: Known | None, wishes: Wishes
) -> Mapping[str, str]:
    """Images that stay together besides those of one patient; where parts are given, whoever gave them decides."""
    if _of_volumes(layout):
        return {}  # rows of a table are volumes there
    if any(case.part for case in cases) or (table and not {"part", "group"}.isdisjoint(table.columns)):
        return {}
    return wishes.copies(cases) if wishes.copies else equal_pixels(cases)


@dataclass(frozen=True)
class _Found:
    """What is known before masks and pixels are looked at."""

    tree: Tree
    layout: Layout
    base: dict[str, Any]
    kept: list[FileCase]
    lacking: list[FileCase]
    known: Mapping[str, Sequence[Path]]  # what a table may name
    table: Known | None
    patients: Patients
    groups: Mapping[str, str]
    unnamed: list[str]  # images with a mask that the table does not name


def _layout(tree: Tree, wishes: Wishes) -> Layout:
    broken: list[DataError] = []
    for recogniser in RECOGNISERS:
        try:
            found = recogniser(tree)
        except DataError as error:  # of a file that may be of something else than the set
            broken.append(error)
            continue
        if found:
            return replace(found, told=(*found.told, *(f"not used: {error}" for error in broken)))
    if {"images", "masks"} <= set(wishes.options):
        return Layout(kind="folder", called="images and masks where they were said to lie", options={})
    if broken:
        raise broken[0]
    held = ", ".join(f"{count} {suffix}" for suffix, count in tree.suffixes().most_common(6)) or "no file"
    fix = "name the folder that holds both, or say where they lie: --set images=FOLDER --set 'masks=FOLDER/{id}_mask'"
    raise DataError(file=tree.root, problem=f"holds {held}, and no images with masks were recognised", fix=fix)


def _options(tree: Tree, layout: Layout, said: Mapping[str, Any]) -> dict[str, Any]:
    root = str(Path(tree.root, layout.below).resolve())
    if "$" in root:
        raise DataError(file=root, problem="has a $ in its path, which stands for a variable", fix="rename the folder")
    return {"root": root, **layout.options, **said}


def _provisional(layout: Layout, options: Mapping[str, Any]) -> Any:
    """The set with every value of a mask above 0 as one structure, to list and to look at it."""
    if layout.kind == "contours" or isinstance(options.get("masks"), Mapping):
        more: dict[str, Any] = {"structure": "all"} if layout.kind != "contours" and len(options["masks"]) > 1 else {}
        if layout.kind != "contours" and len(options["masks"]) == 1:
            more = {"structure": next(iter(options["masks"]))}
    else:
        more = {"structures": {"foreground": [1]}, "structure": "foreground", "above_zero": True}
    left_out = (
        "structures",
        "structure",
        "background",
        "ignore",
        "graders",
        "grader",
    )  # the first grader's masks stand for all
    own = {key: value for key, value in options.items() if key not in left_out}
    return built(layout.kind, {**own, **more})


def _of_volumes(layout: Layout) -> bool:
    """Are images cut from volumes, which a table and a pattern name instead?"""
    return layout.kind == "volumes" or layout.options.get("axes", "").startswith("d")


def _name(case: FileCase, layout: Layout) -> str:
    """What a table or a pattern calls it: the image, or the volume that it was cut from (NAME_s003, NAME_003)."""
    return case.id.rpartition("_")[0] if _of_volumes(layout) else case.id


def _patients(
    layout: Layout, table: Known | None, said: Mapping[str, Any], cases: Sequence[FileCase], known: Mapping[str, Any]
) -> Patients:
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
        return by_folder(layout.folders, called_patients(layout.folders))
    names = list(known)
    found = from_names(names)
    if layout.kind != "volumes" or found.option:
        return found
    told = f"{found.count} volumes, each counted as a patient of its own; if several are of one: {PATTERN}"
    return replace(found, told=told, confidence=LIKELY)


def _proposal(found: _Found, errors: Sequence[DataError | ConfigError], wishes: Wishes) -> Proposal:
    options, told = dict(found.base), {"layout": [found.layout.called, *found.layout.told]}
    told["patients"] = [f"{found.patients.confidence}: {found.patients.told}"]
    meant, foregrounds = _of_masks(found)
    options |= meant.options
    told["masks"] = [*meant.told, *joined_masks(found.kept, found.base)]
    of_volumes = found.layout.kind == "volumes"
    looked = of_images(_evenly(found.kept, IMAGES), volumes=of_volumes)
    size = size_for(foregrounds)
    options |= looked.options | size.options
    told["images"] = [*looked.told, *size.told]
    rows = _rows(found, wishes.name)
    options |= _of_table(found, rows, wishes.name)
    if found.patients.option and "patient_pattern" not in wishes.options:
        options[found.patients.option[0]] = found.patients.option[1]
    told["split"] = _split(found, options)
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
        told["table"].append(_unnamed(found.unnamed, found.table))
    if found.lacking:
        told["layout"].append(_without_mask(found.lacking))
    sizes = built(found.layout.kind, options | {"beside": "."}).split
    parts = _parts(found, rows, options, sizes)
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


def _of_masks(found: _Found) -> tuple[Meaning, list[np.ndarray]]:
    """What the masks hold, and where some of them are not background; those that cannot be read are problems."""
    chosen = _evenly(found.kept, MASKS)
    of_size = {case.id for case in _evenly(chosen, IMAGES)}
    values, foregrounds = [], []
    broken = []
    for case in chosen:
        try:
            mask = case.read_mask()
        except DataError as error:
            broken.append(str(error))
            continue
        values.append(values_of(mask))
        if case.id in of_size and (mask > 0).any():
            foregrounds.append(mask > 0)
    if found.layout.kind == "contours" or isinstance(found.base.get("masks"), Mapping):
        held = ", ".join(str(value) for value in sorted({value for one in values for value in one.counts}))
        return Meaning(_all(found), (f"masks hold {held}",), tuple(broken)), foregrounds
    meant = meaning(values, found.layout.structures, len(found.kept), found.layout.ignored)
    return replace(meant, problems=(*broken, *meant.problems)), foregrounds


def _all(found: _Found) -> dict[str, Any]:
    masks = found.base.get("masks")
    if not isinstance(masks, Mapping):
        return {}
    return {"structure": "all" if len(masks) > 1 else next(iter(masks))}


def _rows(found: _Found, name: str) -> list[dict[str, str]]:
    """The table that is to lie beside the config; none where there is one, or names say all."""
    table = found.table
    own = table is not None and table.says and not (table.whole and not found.layout.below)
    if not (own or found.lacking or found.groups):
        return []
    rows = []
    for image in found.known:
        known = dict(table.rows.get(image, {})) if table else {}
        if found.groups:
            known["group"] = found.groups.get(image, known.get("group", ""))
        rows.append({"id": image, **known})
    return rows


def _of_table(found: _Found, rows: list[dict[str, str]], name: str) -> dict[str, Any]:
    """Options that name the table and its columns."""
    if rows:
        columns = {key: key for key in rows[0] if key != "id"}
        options: dict[str, Any] = {"table": _OWN_TABLE.format(name=name)}
    elif found.table and found.table.says:
        columns = dict(found.table.columns)
        options = {"table": found.table.path, "id_column": columns.pop("id")}
    else:
        return {}
    if part := columns.pop("part", None):
        options["split"] = {"column": part}
    in_pattern = "{patient}" in str(found.base.get("images", ""))
    return options | {key: column for key, column in columns.items() if not (key == "patient" and in_pattern)}


def _split(found: _Found, options: dict[str, Any]) -> list[str]:
    """Sizes that suit the number of patients, written into the options; what is said of them."""
    sizes, usual = fitting_sizes(found.patients.count, len(found.kept)), SplitSizes()
    changed = {key: getattr(sizes, key) for key in ("min_validation", "max_external")}
    changed = {key: value for key, value in changed.items() if value != getattr(usual, key)}
    if changed:
        options["split"] = {**options.get("split", {}), **changed}
    text = ", ".join(f"{key} {value}" for key, value in changed.items())
    return [f"sizes that suit {found.patients.count} patients: {text}" if text else "the usual sizes"]


def _parts(
    found: _Found, rows: Sequence[Mapping[str, str]], options: Mapping[str, Any], sizes: SplitSizes
) -> Split | ConfigError:
    """The split as it will be, from what names and tables say of each image; or why there is none."""
    named = {row["id"]: row for row in rows} or (found.table.rows if found.table else {})
    pattern = options.get("patient_pattern")
    cases = []
    for case in found.kept:
        name = _name(case, found.layout)
        known = named.get(name, {})
        patient = known.get("patient") or (patient_of(name, pattern) if pattern else case.patient)
        part = part_of(known.get("part", ""), name) or case.part
        cases.append(replace(case, patient=patient, part=part, duplicate_group=known.get("group", "")))
    try:
        return split(cases, sizes)
    except ConfigError as error:
        return error


def _without_mask(lacking: Sequence[FileCase]) -> str:
    some = ", ".join(case.id for case in lacking[:3])
    return (
        f"without a mask: {some}{', ...' * (len(lacking) > 3)} ({len(lacking)} in all), left out by the table; if they "
        "show no structure, type --set missing_mask=empty"
    )


def _unnamed(names: Sequence[str], table: Known) -> str:
    some = ", ".join(names[:3])
    return (
        f"left out, as {table.path} does not name them: {some}{', ...' * (len(names) > 3)} ({len(names)} in all); add "
        "rows for them, or type --set table=null"
    )


def _evenly(cases: Sequence[FileCase], count: int) -> list[FileCase]:
    if len(cases) <= count:
        return list(cases)
    return [cases[int(at)] for at in (np.arange(count) + 0.5) * len(cases) / count]
