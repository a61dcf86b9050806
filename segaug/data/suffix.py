"""Suffixes of data files: `.nii.gz` is one of its own, wherever a name is taken apart."""

from pathlib import Path

DOUBLE = ".nii.gz"


def suffix_of(path: Path) -> str:
    """In lower case, with its dot; "" where there is none."""
    return DOUBLE if path.name.lower().endswith(DOUBLE) else path.suffix.lower()


def stem_of(path: Path) -> str:
    """The name without `suffix_of`."""
    return path.name[: len(path.name) - len(suffix_of(path))]
