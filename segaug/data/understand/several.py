"""Several masks of one image: what to say where they are joined, and what is wrong with those of graders."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from segaug.data.cases import FileCase
from segaug.data.kinds.folder import Folder
from segaug.data.rules.graders import MAJORITY
from segaug.data.understand.built import listed
from segaug.errors import ConfigError, DataError


def joined_masks(cases: Sequence[FileCase], options: Mapping[str, Any]) -> tuple[str, ...]:
    """How many images have several masks that become one; nothing where graders or structures tell them apart."""
    several = [case for case in cases if case.more_masks]
    masks = options.get("masks")
    if not several or not isinstance(masks, str) or "*" not in masks or options.get("graders"):
        return ()
    counts = [1 + len(case.more_masks) for case in several]
    least, most = min(counts), max(counts)
    each = f"{least} to {most}" if least < most else f"{least}"
    return (f"{len(counts)} images have {each} masks, joined as one{_apart(several[0], masks)}",)


def _apart(case: FileCase, masks: str) -> str:
    """What to type where they are no parts of one mask; nothing where their names have no form."""
    before = masks.partition("*")[0].rpartition("}")[2]
    files = [file for file in (case.mask_file, *case.more_masks) if file is not None]
    if not before or any(before not in file.stem for file in files):
        return ""
    texts = [masks.replace("*", file.stem.rpartition(before)[2]) for file in files[:2]]
    places = f"{{a: '{texts[0]}', b: '{texts[1]}'}}"
    return (
        f'; if they are of graders, type --set "graders={places}"; if of structures, the same with masks= for graders='
    )


def of_graders(dataset: Any, graders: Mapping[str, str]) -> list[DataError | ConfigError]:
    """What is wrong with the masks of each, such as a folder that is not there.  dataset: with masks of one of them."""
    problems: list[DataError | ConfigError] = []
    for name, masks in graders.items() if isinstance(dataset, Folder) else ():
        try:
            _, errors = listed(replace(dataset, masks=masks, graders={}, grader=MAJORITY))
            problems += errors
        except ConfigError as error:
            problems.append(ConfigError(key=f"dataset.graders.{name}", problem=error.problem, fix=error.fix))
        except DataError as error:
            fix = error.fix.replace("dataset.masks", f"dataset.graders.{name}")
            problems.append(DataError(file=error.file, problem=error.problem, fix=fix))
    return problems
