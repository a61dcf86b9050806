"""Masks that have the names of their images, and what tells masks."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from segaug.data.understand.levels import Level, levels
from segaug.data.understand.pairing import Pairing, joined
from segaug.data.understand.roles import of_graders, words
from segaug.data.understand.stems import Around, Named, Place, by_stem
from segaug.data.understand.tree import Name

_WHOLE = 0.9  # of the images that have a mask of one form: masks of another form for so many are of a second grader


@dataclass(frozen=True)
class _Variant:
    """Masks that differ from others in a folder or in a word of their names."""

    text: str
    label: str
    images: frozenset[int]


def by_names(images: list[Name], masks: list[Name]) -> Pairing | None:
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
    text = joined(folder, named.image.pattern())
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
        text = "/".join(folders) or "." if plain else joined("/".join(folders), form.pattern())
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
        first = _Variant(f"{joined(folder, '{id}')}{masks[0].suffix}", first.label, first.images)
    groups = tuple(_groups(above))
    whole = [one for one in others if len(one.images) >= _WHOLE * len(first.images)]
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
