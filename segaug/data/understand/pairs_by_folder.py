"""Folders that hold one image each, or one of each channel: `{id}/flair.nii.gz`, `{id}/seg.nii.gz`."""

from collections import Counter

from segaug.data.understand.levels import PATIENT, Level, levels
from segaug.data.understand.pairing import Pairing, joined
from segaug.data.understand.roles import words
from segaug.data.understand.tree import Name

_MOST_FIXED = 12  # different names in folders that hold one image each


def by_folders(images: list[Name], masks: list[Name]) -> Pairing | None:
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
    text = joined("/".join(_at(level, at == place) for at, level in enumerate(above)), channel)
    mask_text = joined("/".join(_at(level, at == other) for at, level in enumerate(over)), last)
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


def only_folder(images: list[Name], masks: list[Name]) -> Pairing | None:
    """One image, and its masks in a folder that lies in the same one: a set of a single image, or a part of one."""
    if len(images) != 1 or len(images[0].folders) < 2 or len({name.folders for name in masks}) > 1:
        return None
    image, mask = images[0].folders, masks[0].folders
    place = next((at for at, pair in enumerate(zip(image, mask, strict=False)) if pair[0] != pair[1]), 0) - 1
    if place < 0:
        return None
    of_image, of_mask = ("/".join([*one[:place], "{id}", *one[place + 1 :], "*"]) for one in (image, mask))
    return Pairing(of_image, of_mask, pairs=1, told=("there is one folder with an image",))
