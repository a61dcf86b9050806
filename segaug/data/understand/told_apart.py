"""Which files are images and which are masks: by words in their names, or by what they hold."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from segaug.data.understand.roles import IMAGE, MASK, NEITHER, role_of_folder, role_of_stem
from segaug.data.understand.tree import Name

PAIRED_SHARE = 0.9  # of the files
IsMask = Callable[[Name], bool]  # does this file hold few values, as masks do?


def told_apart(names: Sequence[Name]) -> tuple[list[Name], list[Name]]:
    """Images and masks by the words for them: in the names of folders if there are any for masks, else of files."""
    shared = _shared(names)
    by_folder = {name: _role(name, shared) for name in names}
    roles = by_folder if MASK in by_folder.values() else {name: role_of_stem(name.stem) for name in names}
    masks = [name for name in names if roles[name] == MASK]
    images = [name for name in names if roles[name] == IMAGE and by_folder[name] == IMAGE]
    return images or [name for name in names if roles[name] != MASK], masks


def _shared(names: Sequence[Name]) -> int:
    """How many folders, from the root down, are the same of all files."""
    shared = 0
    for texts in zip(*(name.folders for name in names), strict=False):
        if len(set(texts)) > 1:
            break
        shared += 1
    return shared


def _role(name: Name, skip: int) -> str:
    roles = [role for folder in name.folders[skip:] if (role := role_of_folder(folder)) != NEITHER]
    return roles[-1] if roles else NEITHER


def by_content(names: Sequence[Name], is_mask: IsMask) -> tuple[list[Name], list[Name]]:
    """Images and masks where no word tells them apart: two folders, or two kinds of file, with the same names.

    Also masks whose names go on where those of images end.
    """
    halves: dict[tuple[str, str], list[Name]] = defaultdict(list)
    for name in names:
        halves[name.folder, name.suffix].append(name)
    if len(halves) == 2:
        first, second = halves.values()
        if len({name.stem for name in first} & {name.stem for name in second}) >= PAIRED_SHARE * min(
            len(first), len(second)
        ):
            of_first, of_second = (sum(map(is_mask, half[:5])) for half in (first, second))
            if of_first != of_second:
                return (second, first) if of_first > of_second else (first, second)
    stems = {(name.folder, name.stem) for name in names}
    longer = [
        name for name in names if any((name.folder, name.stem[:end]) in stems for end in range(1, len(name.stem)))
    ]
    masks = [name for name in longer if is_mask(name)] if len(longer) <= 2000 else longer
    left = set(names) - set(masks)
    return [name for name in names if name in left] if masks else [], masks
