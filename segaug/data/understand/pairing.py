"""Which files of a folder are images, which are masks, and which belong together."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from segaug.data.understand.levels import PATIENT, Level, levels
from segaug.data.understand.roles import IMAGE, MASK, NEITHER, of_graders, role_of_folder, role_of_stem, words
from segaug.data.understand.stems import Around, Named, Place, by_stem
from segaug.data.understand.tree import Name

PAIRED_SHARE = 0.9  # of the images
_MOST_FIXED = 12  # different names in folders that hold one image each
IsMask = Callable[[Name], bool]  # does this file hold few values, as masks do?


@dataclass(frozen=True)
class Pairing:
    """Images and masks as options of a kind: folders, or patterns with {id}."""

    images: str
    masks: str | dict[str, str]  # a mapping: a file for each structure
    graders: dict[str, str] = field(default_factory=dict)
    pairs: int = 0  # images with a mask
    groups: tuple[Level, ...] = ()  # levels of folders that say something
    told: tuple[str, ...] = ()  # sentences on what was chosen


@dataclass(frozen=True)
class _Variant:
    """Masks that differ from others in a folder or in a word of their names."""

    text: str
    label: str
    images: frozenset[int]


def paired(names: Sequence[Name], is_mask: IsMask, *, one_a_folder: bool = False) -> Pairing | None:
    """How images and masks are told apart and belong together; None where that is not to be seen.

    one_a_folder: try first whether each folder holds one image.
    """
    images, masks = _told_apart(names)
    if not images or not masks:
        images, masks = _by_content(names, is_mask)
    if not images or not masks:
        return None
    images, masks = _equally_deep(images), _equally_deep(masks)
    ways = [_by_names, _by_folders]
    for way in reversed(ways) if one_a_folder else ways:
        if found := way(images, masks):
            return found
    return None


def _told_apart(names: Sequence[Name]) -> tuple[list[Name], list[Name]]:
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


def _by_content(names: Sequence[Name], is_mask: IsMask) -> tuple[list[Name], list[Name]]:
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


def _equally_deep(names: list[Name]) -> list[Name]:
    depth = Counter(len(name.folders) for name in names).most_common(1)[0][0]
    return [name for name in names if len(name.folders) == depth]


def _by_names(images: list[Name], masks: list[Name]) -> Pairing | None:
    """Masks have the names of images, and what tells masks."""
    above, over = levels(images), levels(masks)
    shared = _same_groups(above, over)
    places = [
        [(_texts(name, own, shared), name.stem) for name in side] for side, own in ((images, above), (masks, over))
    ]
    named = by_stem(*places)
    if named is None or named.found < min(len(images), max(2, len(images) / 4)):
        return None
    variants = _variants(named, masks, over, shared)
    folder = "/".join(level.pattern() for level in above)
    text = _joined(folder, named.image.pattern())
    return _pairing(text, variants, images, masks, above, plain=named.image == Around() and not _groups(above))


def _same_groups(above: list[Level], over: list[Level]) -> tuple[str, ...]:
    """Groups of folders that images and masks both have, with the same texts."""
    texts = {level.group: set(level.texts.values()) for level in above if level.group}
    return tuple(
        level.group
        for level in over
        if level.group and len(set(level.texts.values()) & texts.get(level.group, set())) >= len(level.texts) / 2
    )


def _groups(above: Sequence[Level]) -> list[Level]:
    return [level for level in above if level.group]


def _texts(name: Name, own: Sequence[Level], shared: Sequence[str]) -> Place:
    known = {level.group: level.texts[folder] for level, folder in zip(own, name.folders, strict=True)}
    return tuple(known[group] for group in shared)


def _variants(named: Named, masks: list[Name], over: list[Level], shared: Sequence[str]) -> list[_Variant]:
    """Masks by their folders, as far as images have not the same ones, and by the form of their names."""
    found: dict[tuple[tuple[str, ...], Around], set[int]] = defaultdict(set)
    for form, by_image in named.masks.items():
        for image, own in by_image.items():
            for at in own:
                found[_folders(masks[at], over, shared), form].add(image)
    several = len({folders for folders, _ in found}) > 1
    variants = []
    for (folders, form), of_images in found.items():
        plain = form == Around() and not any("{" in folder for folder in folders)
        text = "/".join(folders) or "." if plain else _joined("/".join(folders), form.pattern())
        label = folders[-1] if several and folders else form.after or form.before
        variants.append(_Variant(text, label, frozenset(of_images)))
    return sorted(variants, key=lambda one: (-len(one.images), one.text))


def _folders(name: Name, over: Sequence[Level], shared: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        level.pattern() if level.group in shared or not level.group else folder
        for level, folder in zip(over, name.folders, strict=True)
    )


def _pairing(
    text: str, variants: list[_Variant], images: list[Name], masks: list[Name], above: list[Level], *, plain: bool
) -> Pairing:
    folder = text.rpartition("/")[0]
    first, *others = variants
    if plain and "{" not in first.text and folder != first.text.removesuffix("."):
        text = folder or "."
    elif text == first.text or (not others and f"{folder or '.'}" == first.text):  # what tells them is the suffix
        suffix = {name.suffix for name in images}
        text = f"{text}{min(suffix)}" if len(suffix) == 1 else text
        first = _Variant(f"{_joined(folder, '{id}')}{masks[0].suffix}", first.label, first.images)
    groups = tuple(_groups(above))
    whole = [one for one in others if len(one.images) >= PAIRED_SHARE * len(first.images)]
    base = Pairing(images=text, masks=first.text, pairs=len(first.images), groups=groups)
    if not others:
        return base
    if whole and of_graders([one.label for one in (first, *whole)]):
        suffixes = {name.suffix for name in images}
        apart = not plain and len(suffixes) == 1 and suffixes.isdisjoint(name.suffix for name in masks)
        return _graded(replace(base, images=f"{text}{suffixes.pop()}") if apart else base, [first, *whole])
    covered = frozenset().union(*(one.images for one in variants))
    labels = [_label(one.label) for one in variants]
    if len(set(labels)) == len(labels) <= 20 and all(labels) and len(covered) > 0.5 * len(images):
        told = f"a file for each of {len(labels)} structures ({', '.join(sorted(labels))})"
        by_name = {label: one.text for label, one in sorted(zip(labels, variants, strict=True))}
        return Pairing(text, by_name, pairs=len(covered), groups=groups, told=(told,))
    told = f"masks are taken from {first.text}; {', '.join(one.text for one in others[:3])} pairs with images, too"
    return Pairing(text, first.text, pairs=len(first.images), groups=groups, told=(told,))


def _graded(base: Pairing, variants: list[_Variant]) -> Pairing:
    graders = {f"grader_{place}": one.text for place, one in enumerate(sorted(variants, key=lambda one: one.text), 1)}
    told = f"masks of {len(graders)} graders: {', '.join(f'{name} in {text}' for name, text in graders.items())}"
    return Pairing(base.images, base.masks, graders, base.pairs, base.groups, (told,))


def _label(text: str) -> str:
    return "_".join(word for word in words(text) if word not in ("mask", "masks", "label", "seg"))


def _by_folders(images: list[Name], masks: list[Name]) -> Pairing | None:
    """Each folder holds one image, or one of each channel: `{id}/flair.nii.gz`, `{id}/seg.nii.gz`."""
    above, over = levels(images), levels(masks)
    own = [place for place, level in enumerate(above) if level.group]
    if not own or len(own) > 1 or not (theirs := [place for place, level in enumerate(over) if level.group]):
        return None
    place, other = own[-1], theirs[-1]
    folders = {name.folders[place] for name in images}
    forms = [_form(name, place) for name in images]
    names = Counter(forms)
    if len(names) > _MOST_FIXED or max(Counter(name.folders[place] for name in images).values()) > len(names):
        return None
    channel = _usual(names)
    held = {name.folders[place] for name, form in zip(images, forms, strict=True) if form == channel}
    marked = Counter(_form(name, other) for name in masks)
    last = marked.most_common(1)[0][0] if len(marked) == 1 or marked.most_common(1)[0][1] > 1 else "*"
    pairs = len(held & {name.folders[other] for name in masks})
    if not pairs or len(folders) < 2:
        return None
    text = _joined("/".join(_at(level, at == place) for at, level in enumerate(above)), channel)
    mask_text = _joined("/".join(_at(level, at == other) for at, level in enumerate(over)), last)
    told = [f"each folder holds one image ({channel})"]
    if len(names) > 1:
        others = ", ".join(sorted(set(names) - {channel}))
        told.append(
            f"of several images in each folder {channel} is taken, not {others}; --set 'images={text}' names it"
        )
    return Pairing(text, mask_text, pairs=pairs, groups=(Level("", "", PATIENT, above[place].texts),), told=tuple(told))


def _at(level: Level, named: bool) -> str:
    return level.pattern("id") if named else level.before


def _form(name: Name, place: int) -> str:
    return name.stem.replace(name.folders[place], "{id}")


def _usual(names: Counter[str]) -> str:
    """The channel that is taken where there are several: of MRI, what most studies have."""
    ranked = sorted(names, key=lambda name: (-names[name], name))
    for word in ("flair", "t1ce", "t1c", "t2", "t1"):
        for name in ranked:
            if word in words(name) or name.lower().endswith(word):
                return name
    return ranked[0]


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder and folder != "." else name
