"""One segmentation task: what a dataset offers before decoding, and the tensors after it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor

from segaug.batch import NOT_OF_POOL, Batch
from segaug.data.rules.intensity import Intensity
from segaug.form import Form
from segaug.image_hash import image_hash

Each = TypeVar("Each")


@dataclass(frozen=True, kw_only=True)
class Described:
    """What a data set's config tells its readers; the card in the report shows it."""

    modality: str = ""
    anatomy: str = ""
    licence: str = ""
    citation: str = ""
    source: str = ""
    note: str = ""
    access: str = ""  # how one gets it: "free" | "form" (registration or agreement) | "ask" (by mail) | "" = not told
    address: str = ""  # page where whoever published it says how to get it
    extent: str = ""  # what was published, e.g. "110 patients, 3929 slices"; what is here may be less
    overlaps: list[str] = field(default_factory=list, hash=False)  # data sets that show some of the same patients
    traps: list[str] = field(default_factory=list, hash=False)  # what went wrong for others with it, a sentence each
    published: dict[str, int] = field(default_factory=dict, hash=False)  # "images", "patients": see `published_counts`
    downloads: dict[str, dict[str, str]] = field(default_factory=dict, hash=False)  # name of a file -> see `Download`


_COUNTED = ("published", "downloads")
TOLD = tuple(field.name for field in fields(Described) if field.name not in _COUNTED)  # in words
DESCRIPTIVE = ("root", "beside", "unlabelled", "follow_links", "releases", "site", "name", *TOLD, *_COUNTED)
"""Options of a data set that say where it lies and what it is; they are no part of a trial's identity.

A folder may move.  What lies in it counts by its content: every image, labelled or not, is in the task's content hash.
Where an image was taken counts by the split, which is in there as well.
"""


@dataclass(frozen=True)
class Case:
    """One image of a dataset, not yet decoded.

    read_image() gives (H, W) grey or (H, W, 3) RGB, any integer or float type.  read_mask() gives (H, W) integers.
    Every image of one `patient`, and every image of one `duplicate_group` ("" = none), stays on one side of the split.
    location: what error messages call the image (its path, or a generated name).
    """

    id: str
    patient: str
    location: str
    read_image: Callable[[], np.ndarray] = field(repr=False)
    read_mask: Callable[[], np.ndarray] = field(repr=False)
    duplicate_group: str = ""
    pixel_mm: tuple[float, float] | None = None  # (row, column) of the image as stored
    recipe: str = ""  # names the content of a generated image, whose last bits may differ between processors
    labelled: bool = True  # False: there is no mask, and the image joins the external part of the split
    site: str = ""  # where it was taken: a hospital, a scanner, a laboratory; "" = not known
    part: str = ""  # "train" | "validation" | "test": where whoever published it wants it; "" = the split decides
    unit: str = ""  # of the stored values, where the file says it: "HU" of CT; "" = not known
    limits: Callable[[], tuple[float, float]] | None = field(default=None, repr=False)
    """Of a slice: `Dataset.intensity.limits` of the whole volume; asked for where `intensity.per` is "volume"."""


@dataclass(frozen=True, kw_only=True)
class SplitSizes:
    """How many images each part of the split takes; parts are cut by patient, so they come out at least this large.

    With `target`, all images of these sites are for validation and test, and all others for the external part and the
    pool: shares are of the images of either side, and test is what validation leaves of the target, whatever
    `test_share` is.  Images without a mask have no site, and join the external part whatever they show.

    With `column`, or where folders or arrays name official parts, sizes are of the parts that are left open.
    """

    test_share: float = 0.25  # of all images
    validation_share: float = 0.10  # of what the test set leaves
    min_validation: int = 16
    max_validation: int = 100
    external_share: float = 0.20  # of what the test set leaves
    max_external: int = 50  # 0: no external images
    target: list[str] = field(default_factory=list, hash=False)  # sites to validate and test on; none: of all sites
    column: str | None = None  # of the table: the part that whoever published the set wants each image in

    def __post_init__(self) -> None:
        object.__setattr__(self, "target", sorted(self.target))  # sites have no order: one trial, one id


class Dataset(Protocol):
    """What every dataset config offers (`Folder`, `Phantom`, ...)."""

    @property
    def form(self) -> Form:
        """What the decoded tensors look like."""
        ...

    @property
    def size(self) -> int:
        """Side of the square image that the network sees [px]."""
        ...

    @property
    def crop(self) -> int | None:
        """Side of the centre crop of the stored image before resizing [px]; None is the whole image."""
        ...

    @property
    def rescale(self) -> bool:
        """Does the range of each image's grey values become 0 to 1?  If not, 0 to 255 does, in all images."""
        ...

    @property
    def intensity(self) -> Intensity:
        """Which range it is, where `rescale` holds."""
        ...

    @property
    def channel(self) -> str | int | None:
        """The one channel of images in colour that is used; None: all of them, or their luma."""
        ...

    @property
    def mask_resize(self) -> str:
        """How masks come to the size asked for: "nearest" | "area"."""
        ...

    @property
    def name(self) -> str:
        """What curves call it; "": the name of its config."""
        ...

    @property
    def split(self) -> SplitSizes:
        """How large the parts of the split are."""
        ...

    def cases(self) -> Sequence[Case]:
        """All images in a fixed order, those without mask last; checks that the files exist, reads no pixel."""
        ...

    def remarks(self) -> list[str]:
        """What of the set is not used, a sentence each; reads no image."""
        ...

    def foreground(self) -> tuple[tuple[int, ...], ...]:
        """Mask values that make up each of `form.structures`; no value is in two of them."""
        ...

    def values(self) -> tuple[int, ...]:
        """All mask values that may occur (background and what is ignored included); any other value is an error."""
        ...

    def ignored(self) -> tuple[int, ...]:
        """Mask values of pixels that count for nothing; asked for only where `form.ignored` holds."""
        ...


@dataclass(frozen=True)
class Split:
    """Row numbers of the four parts; disjoint by patient and by content, the same for every N, seed and strategy."""

    test: tuple[int, ...]
    validation: tuple[int, ...]
    external: tuple[int, ...]  # their masks are never opened, if there are any
    pool: tuple[int, ...]  # the images that training subsets are drawn from, of all sources, the base's first


@dataclass(frozen=True)
class Task:
    """A decoded task, held in memory.

    image: (M, C, H, W) float32 in 0..1, C = form.channels.  label: (M, K, H, W) float32 in {0, 1}, K =
    len(form.structures), at most one of them 1 in a pixel; NaN in all of an external row, whose mask is never opened,
    and, where `form.ignored` holds, in pixels of others that count for nothing: at least one of each row is known.
    spacing_mm: (M, 2) of the resized pixels, (row, column), NaN where unknown.  source: (M,) long, place in
    `form.sources`.
    """

    image: Tensor
    label: Tensor
    spacing_mm: Tensor
    source: Tensor
    form: Form
    ids: tuple[str, ...]
    patients: tuple[str, ...]
    split: Split
    content_hash: str  # of the pixels and masks used, the split and the way of decoding
    repeated_grey: int = 0  # images stored with one channel and repeated, where the task has three
    unlabelled: int = 0  # external images that have no mask: they were added after the split was cut
    added_tests: tuple[tuple[int, ...], ...] = ()  # rows of the test set of each source but `tested`: for scores alone
    tested: int = 0  # the source that validation and test are of, by its place in `form.sources`
    base_hash: str = ""  # content_hash of the task of the first source alone; "" where it is not what is tested on
    sites: tuple[str, ...] = ()  # where each image was taken, "" where that is not known; they decide the split alone

    def pool_of(self, source: int) -> tuple[int, ...]:
        """The rows of the pool that are of one source, by its place in `form.sources`; that of the base is 0."""
        pool = torch.tensor(self.split.pool, dtype=torch.long)
        return tuple(pool[self.source[pool] == source].tolist())

    def by_source(self, tested: Each, others: Sequence[Each]) -> tuple[Each, ...]:
        """What the source has that is tested on, and what the others have, in the order of `form.sources`."""
        return (*others[: self.tested], tested, *others[self.tested :])

    def names_of(self, rows: Sequence[int]) -> tuple[str, ...]:
        """`image_hash` of each of these images; each is hashed once, however often it is asked for."""
        for row in rows:
            if row not in self._names:
                self._names[row] = image_hash(self.image[row])
        return tuple(self._names[row] for row in rows)

    @cached_property
    def _names(self) -> dict[int, str]:
        return {}

    def batch(self, rows: tuple[int, ...] | list[int]) -> Batch:
        """The given rows; `Batch.index` is their position in the pool."""
        position = {row: i for i, row in enumerate(self.split.pool)}
        index = torch.tensor([position.get(row, NOT_OF_POOL) for row in rows], dtype=torch.long)
        at = torch.tensor(rows, dtype=torch.long)
        tensors = (self.image[at], self.label[at], index, self.spacing_mm[at], self.source[at])
        return Batch(*tensors, ignored=self.form.ignored)
