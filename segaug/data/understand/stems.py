"""How the names of masks follow from those of images: `{id}_mask`, `seg_{id}` beside `img_{id}`, `{id}_1`, `{id}_2`."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from segaug.data.understand.roles import IMAGE, MASK, PREFIXES, SUFFIXES

Place = tuple[str, ...]  # what is known of a file besides its name, such as its patient
_NUMBER = re.compile(r"[-_ .]?\(?\d+\)?$")


@dataclass(frozen=True, order=True)
class Around:
    """What stands around the id in a name; numbered: a number may follow that says nothing."""

    before: str = ""
    after: str = ""
    numbered: bool = False

    def pattern(self, group: str = "id") -> str:
        """As a part of a pattern."""
        return f"{self.before}{{{group}}}{self.after}{'*' * self.numbered}"

    def core(self, stem: str) -> str | None:
        """The id in this name; None where it is not of this form."""
        end = len(stem) - len(self.after)
        fits = stem.startswith(self.before) and stem.endswith(self.after) and end > len(self.before)
        return stem[len(self.before) : end] if fits else None


@dataclass(frozen=True)
class Named:
    """Masks by their images.  masks: of each form of name, image -> its masks, all by their numbers in the lists."""

    image: Around
    masks: Mapping[Around, Mapping[int, list[int]]]

    @property
    def found(self) -> int:
        """Images with a mask."""
        return len({image for by_image in self.masks.values() for image in by_image})


def by_stem(images: Sequence[tuple[Place, str]], masks: Sequence[tuple[Place, str]]) -> Named | None:
    """The way of naming by which most images have masks; None where none does.

    images, masks: place and stem of each file.  A mask is of an image of its place.
    """
    images = [(place, normalize("NFC", stem)) for place, stem in images]
    masks = [(place, normalize("NFC", stem)) for place, stem in masks]
    before = _common(PREFIXES[IMAGE], [stem for _, stem in images])
    after = _common(SUFFIXES[IMAGE], [stem for _, stem in images])
    ways = dict.fromkeys([Around(), Around(before), Around("", after), Around(before, after)])
    starts = _starts([stem for _, stem in masks], before)
    tried = [_tried(way, images, masks, starts) for way in ways]
    best = max(tried, key=lambda named: named.found)  # the first of equals: what is taken off least
    return best if best.found else None


def _tried(
    way: Around, images: Sequence[tuple[Place, str]], masks: Sequence[tuple[Place, str]], starts: list[str]
) -> Named:
    cores: dict[tuple[Place, str], int] = {}
    for at, (place, stem) in enumerate(images):
        if (core := way.core(stem)) is not None:
            cores.setdefault((place, core), at)
    found: dict[Around, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for at, (place, stem) in enumerate(masks):
        hit = _hit(place, stem, cores, starts)
        if hit:
            form, image = hit
            found[form][image].append(at)
    return Named(way, _with_numbers(found))


def _hit(
    place: Place, stem: str, cores: Mapping[tuple[Place, str], int], starts: list[str]
) -> tuple[Around, int] | None:
    """The image whose id is the longest beginning of what follows one of these starts."""
    for start in starts:
        rest = stem[len(start) :]
        if not stem.startswith(start):
            continue
        for end in range(len(rest), 0, -1):
            image = cores.get((place, rest[:end]))
            if image is not None and _parts(rest[:end], rest[end:]):
                return Around(start, rest[end:]), image
    return None


def _parts(core: str, rest: str) -> bool:
    """May an id end here?  Not inside of a number or a word."""
    return not rest or not ((core[-1].isdigit() and rest[0].isdigit()) or (core[-1].isalpha() and rest[0].islower()))


def _with_numbers(found: Mapping[Around, Mapping[int, list[int]]]) -> dict[Around, dict[int, list[int]]]:
    """`_mask` and `_mask_1` as one form, `_1` and `_2` as one as well; others as they are."""
    bare: dict[tuple[str, str], list[Around]] = defaultdict(list)
    for form in found:
        bare[form.before, _NUMBER.sub("", form.after)].append(form)
    joined: dict[Around, dict[int, list[int]]] = {}
    for (before, after), forms in bare.items():
        separator = after or next((form.after[0] for form in forms if form.after and not form.after[0].isdigit()), "")
        several = len(forms) > 1 and (after or all(form.after.startswith(separator) and separator for form in forms))
        if not several:
            joined |= {form: {image: list(masks) for image, masks in found[form].items()} for form in forms}
            continue
        of_image: dict[int, list[int]] = defaultdict(list)
        for form in forms:
            for image, masks in found[form].items():
                of_image[image] += masks
        joined[Around(before, separator, numbered=True)] = {image: sorted(masks) for image, masks in of_image.items()}
    return joined


def _common(word: re.Pattern[str], stems: Iterable[str]) -> str:
    """The word that all names have, "" where they have not the same."""
    found = {match[1] if (match := word.search(stem)) else "" for stem in stems}
    return found.pop() if len(found) == 1 else ""


def _starts(stems: Sequence[str], of_images: str) -> list[str]:
    """What masks begin with before the id: nothing, or one of the words for a mask; the usual ones."""
    counts = Counter(match[1] for stem in stems if (match := PREFIXES[MASK].search(stem)))
    return list(dict.fromkeys(["", *(start for start, _ in counts.most_common(5)), of_images]))
