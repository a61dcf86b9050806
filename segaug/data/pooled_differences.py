"""In what the sources of a pooled task differ: what may make an image of one worth less, or more, in another."""

from dataclasses import dataclass

from segaug.data.pooled import Pooled
from segaug.data.task import Task
from segaug.known import known_shares


@dataclass(frozen=True)
class SourceFacts:
    """One source.  Shares and grey values are means over the pixels of its pool, as the network sees them."""

    name: str
    role: str  # "base" | "added"
    pool: int  # images
    test: int
    modality: str
    pixel_mm: tuple[float, float] | None  # (row, column) of the network's pixels; None: not known of every image
    structures: dict[str, float]  # share of the pixels of each
    foreground: float
    intensity: float  # of 0..1, the range of each image
    contrast: float  # standard deviation of the grey values of an image, mean over images


def differences(dataset: Pooled, task: Task) -> tuple[SourceFacts, ...]:
    """The facts of each source, the base first; task: the pooled one."""
    tests = task.by_source(task.split.test, task.added_tests)
    return tuple(_facts(dataset, task, place, tests[place]) for place in range(len(task.form.sources)))


def _facts(dataset: Pooled, task: Task, place: int, test: tuple[int, ...]) -> SourceFacts:
    name = task.form.sources[place]
    pool = list(task.pool_of(place))
    image, label, spacing_mm = task.image[pool], task.label[pool], task.spacing_mm[pool].mean(dim=0)
    rows, columns = spacing_mm.tolist()
    means = known_shares(label) if task.form.ignored else [label[:, at].mean() for at in range(label.shape[1])]
    shares = [share.item() for share in means]
    return SourceFacts(
        name=name,
        role="added" if place else "base",
        pool=len(pool),
        test=len(test),
        modality=getattr(dataset.sources[name], "modality", ""),
        pixel_mm=None if spacing_mm.isnan().any() else (rows, columns),
        structures=dict(zip(task.form.structures, shares, strict=True)),
        foreground=sum(shares) if task.form.ignored else label.sum(dim=1).mean().item(),
        intensity=image.mean().item(),
        contrast=image.flatten(1).std(dim=1, correction=0).mean().item(),
    )
