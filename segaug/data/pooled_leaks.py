"""One image in two sources: on two sides of the split it would be trained on and tested on."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations

from segaug.data.pooled import Pooled
from segaug.data.split import PARTS
from segaug.data.task import Task
from segaug.errors import DataError


@dataclass(frozen=True)
class Placed:
    """An image, and which part of the split of its own source it is in; equal content, equal pixels."""

    source: str
    id: str
    part: str
    content: str

    def __str__(self) -> str:
        return f"image {self.id!r} of {self.source}"


def placed(dataset: Pooled, source: str, task: Task) -> list[Placed]:
    """The images of one source's own task that the pooled data set uses, as the network sees them."""
    rows = [(row, part) for part in PARTS if dataset.uses(source, part) for row in getattr(task.split, part)]
    return [
        Placed(source, task.ids[row], part, sha256(task.image[row].numpy().tobytes()).hexdigest()) for row, part in rows
    ]


def shared_across(images: Iterable[Placed]) -> list[DataError]:
    """Every pair of equal images of two sources in two parts; each source has been compared with itself before."""
    equal: dict[str, list[Placed]] = defaultdict(list)
    for image in images:
        equal[image.content].append(image)
    return [
        _leak(first, second)
        for same in equal.values()
        for first, second in combinations(same, 2)
        if first.source != second.source and first.part != second.part
    ]


def _leak(first: Placed, second: Placed) -> DataError:
    problem = f"has identical pixels as {second}, but is in the {first.part} set while that is in the {second.part} set"
    return DataError(file=first, problem=problem, fix="delete one of them, or pool other sources")
