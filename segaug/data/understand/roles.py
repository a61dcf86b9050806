"""Words by which people tell images from masks, and what else they write into names."""

import re

IMAGE, MASK, NEITHER = "image", "mask", ""
_MASK_PARTS = ("mask", "annotation", "segmentation", "groundtruth", "manual", "contour")  # anywhere in a word
_MASK_WORDS = ("label", "labels", "labelstr", "gt", "gts", "seg", "segs", "lbl", "truth", "segmentationclass", "target")
_IMAGE_PARTS = ("image", "input", "photo", "picture", "scan")
_IMAGE_WORDS = ("img", "imgs", "im", "pic", "pics", "raw", "orig", "original", "originals", "data", "x", "volumes")
_OF_GRADERS = ("observer", "grader", "rater", "reader", "annotator", "expert", "doctor", "ho", "manual", "radiologist")
_SPLIT = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])")
_IMAGE_PREFIX = r"(?:images?|imgs?|im|pic|photo|scan|input|orig|original|raw|x)"
_MASK_PREFIX = r"(?:masks?|labels?|segmentation|seg|gt|annotation|lbl|groundtruth|target|y)"
PREFIXES = {
    IMAGE: re.compile(rf"^({_IMAGE_PREFIX}[-_ .]+)(?=.)", re.IGNORECASE),
    MASK: re.compile(rf"^({_MASK_PREFIX}[-_ .]+)(?=.)", re.IGNORECASE),
}
SUFFIXES = {
    IMAGE: re.compile(rf"(?<=.)([-_ .]+(?:{_IMAGE_PREFIX}|rgb|0000))$", re.IGNORECASE),
    MASK: re.compile(
        rf"(?<=.)([-_ .]*(?:{_MASK_PREFIX}|ground[-_ ]?truth|manual\d*|1stHO|2ndHO)(?:[-_ ]?\d+)?)$", re.IGNORECASE
    ),
}


def words(name: str) -> list[str]:
    """The words of a name in small letters, parted where a separator, a number or a capital is."""
    return [word.lower() for word in _SPLIT.split(name) if word]


def role_of_folder(name: str) -> str:
    """Does a folder of this name hold images or masks?"""
    found = words(name)
    whole = "".join(found)
    if any(part in whole for part in _MASK_PARTS) or any(word in _MASK_WORDS for word in found):
        return MASK
    if any(part in whole for part in _IMAGE_PARTS) or any(word in _IMAGE_WORDS for word in found):
        return IMAGE
    return NEITHER


def role_of_stem(stem: str) -> str:
    """Is this file an image or a mask, by a word before or behind its name, or by a name that is only such a word?"""
    if MASK in (whole := role_of_whole(stem)) and whole:
        return MASK
    if SUFFIXES[MASK].search(stem) or PREFIXES[MASK].search(stem):
        return MASK
    if whole == IMAGE or SUFFIXES[IMAGE].search(stem) or PREFIXES[IMAGE].search(stem):
        return IMAGE
    return NEITHER


def role_of_whole(stem: str) -> str:
    """Of a name that is nothing but such a word, and a number perhaps."""
    found = [word for word in words(stem) if not word.isdigit()]
    if len(found) == 1 and (found[0] in _MASK_WORDS or any(found[0].startswith(part) for part in _MASK_PARTS)):
        return MASK
    return IMAGE if len(found) == 1 and (found[0] in _IMAGE_WORDS or found[0] in _IMAGE_PARTS) else NEITHER


def of_graders(names: list[str]) -> bool:
    """Do these names tell graders apart, rather than structures?  `masks` and `masks_observer2` do, too."""
    left = [words(name) for name in names]
    return any(any(word in _OF_GRADERS or word in ("1st", "2nd", "st", "nd") for word in found) for found in left)
