"""What the pattern of the images says of each: whose it is, where it was taken, its official part and its class."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from segaug.data.kinds.pairs import Groups
from segaug.data.kinds.pattern import Pattern, is_pattern
from segaug.data.kinds.rows import Row
from segaug.data.listing import FilesByStem
from segaug.data.official import part_of
from segaug.errors import ConfigError

KEY = "dataset.images"
SHOWN_VALUES = 10


def said_by(pattern: str, key: str = KEY) -> tuple[str, ...]:
    """The groups of the pattern; none where it is a folder.  Raises where it is a wrong one; key: its option."""
    return Pattern(pattern, key).names if is_pattern(pattern) else ()


def check_once(said: Collection[str], options: Mapping[str, str | None]) -> None:
    """Raise ConfigError where a group of the pattern is set by an option as well; said: these groups.

    options: by `group.option`, as in "patient.patient_pattern".
    """
    for name, option in options.items():
        group, key = name.split(".", 1)
        if option and group in said:
            fix = f"set dataset.{key}=null, or write {{class}} for {{{group}}} in the pattern"
            raise ConfigError(key=f"dataset.{key}", problem=f"is set, and {KEY} has {{{group}}}", fix=fix)


def kept(
    images: FilesByStem, groups: Mapping[str, Groups], place: Path, where: Mapping[str, Sequence[str]]
) -> dict[str, list[Path]]:
    """The images whose groups have one of these texts each; raises where no image has one.

    images, groups: by id.  place: what errors call that of the images.
    """
    left = {name: [*paths] for name, paths in images.items()}
    for name, texts in where.items():
        values = {said[name] for said in groups.values()}
        if unknown := sorted(set(texts) - values):
            problem = f"{{{name}}} of {place} is never {unknown[0]!r}"
            fix = f"it is: {', '.join(sorted(values)[:SHOWN_VALUES])}"
            raise ConfigError(key="dataset.where", problem=problem, fix=fix)
        left = {image: files for image, files in left.items() if groups[image][name] in texts}
    if where and not left:
        problem = f"no image of {place} passes all of {dict(where)}"
        raise ConfigError(key="dataset.where", problem=problem, fix="ask for texts that occur together")
    return left


def told(row: Row, groups: Mapping[str, str], place: Path) -> Row:
    """A row with what the pattern says of its image."""
    part = part_of(groups["part"], place) if "part" in groups else row.part
    return replace(row, patient=groups.get("patient", row.patient), site=groups.get("site", row.site), part=part)
