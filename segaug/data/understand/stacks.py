"""Volumes with masks on the same grid: NIfTI, MHA, NRRD, and folders of DICOM slices."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from segaug.data.formats.dicom import SUFFIX as DICOM
from segaug.data.formats.opened import READERS
from segaug.data.readers import READERS as PICTURES
from segaug.data.understand.layout import Layout
from segaug.data.understand.paired import paired
from segaug.data.understand.tree import Name, Tree


def volumes(tree: Tree) -> Layout | None:
    """The layout of volumes; None where there are none, or masks cannot be told from them."""
    names = [*tree.of(READERS), *_series(tree)]
    if not names:
        return None
    found = paired(names, _never, one_a_folder=True)
    if found is None or not isinstance(found.masks, str) or "{" in found.images.replace("{id}", ""):
        return None
    options: dict[str, Any] = {"images": _place(found.images), "masks": _place(found.masks)}
    kinds = Counter(name.suffix or "folders of DICOM slices" for name in names)
    called = f"volumes ({', '.join(f'{count} {kind}' for kind, count in kinds.most_common())})"
    return Layout(kind="volumes", called=called, options=options, told=found.told)


def _series(tree: Tree) -> list[Name]:
    """Folders that hold slices, each as one name: of DICOM, and of masks as pictures beside these."""
    held: dict[str, list[Name]] = defaultdict(list)
    for name in tree.of([DICOM, *PICTURES]):
        held[name.folder].append(name)
    dicom = {folder for folder, names in held.items() if folder and any(name.suffix == DICOM for name in names)}
    alone = _alone(dicom, held)
    pictures = {folder for folder in held if folder and folder not in dicom and dicom}
    return [Name(folder) for folder in sorted((dicom - alone) | pictures)] + [
        name for folder in alone for name in held[folder]
    ]


def _alone(folders: Iterable[str], held: dict[str, list[Name]]) -> set[str]:
    """Folders whose files are volumes each, such as those of DICOM segmentations: they lie beside other volumes."""
    by_parent = Counter(folder.rpartition("/")[0] for folder in folders)
    return {
        folder for folder in folders if by_parent[folder.rpartition("/")[0]] < len(held[folder]) and folder in by_parent
    }


def _place(text: str) -> str:
    """A folder where the pattern says no more than that."""
    return text.removesuffix("/{id}") if text.endswith("/{id}") and "{" not in text.removesuffix("/{id}") else text


def _never(_: Name) -> bool:
    return False
