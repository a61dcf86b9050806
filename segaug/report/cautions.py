"""What a reader must know before reading the figures, in plain words; nothing is said where there is nothing to say."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from segaug.analysis.curves import MIN_SIZES, CurveFit
from segaug.report.measure import BCE
from segaug.report.palette import in_order
from segaug.report.study import Study, collect, mean_by_size

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Caution:
    """One thing to know: what it is, what follows from it, and where it holds."""

    kind: str  # a short stable key, also the anchor on the page
    headline: str
    meaning: str
    places: tuple[str, ...]


def cautions(study: Study) -> list[Caution]:
    """All that are due, the gravest first."""
    checks = (
        _atlas,
        _failed,
        _diverged,
        _missing,
        _skipped,
        _mixed,
        _few_sizes,
        _bound,
        _floor,
        _overlap,
        _trial_warnings,
    )
    return [caution for check in checks if (caution := check(study)) is not None]


def worse_than_atlas(study: Study) -> dict[tuple[str, str, str], list[int]]:
    """Curve -> sizes where the mean test BCE of the network is above that of the mean training mask."""
    found = {}
    for curve, records in sorted(collect(study.ok, "task", "model", "strategy").items()):
        network = mean_by_size((record["size"], BCE.of(record)) for record in records)
        atlas = mean_by_size((record["size"], BCE.of_atlas(record)) for record in records)
        if sizes := [size for size in network if size in atlas and network[size] > atlas[size]]:
            found[curve] = sizes
    return found


def _atlas(study: Study) -> Caution | None:
    worse = worse_than_atlas(study)
    return _caution(
        "atlas",
        "The network is worse than the atlas",
        "The atlas is the mean of the training masks: it never looks at the test image. Where its BCE is lower, the "
        "network's BCE tells how far training has come, not how much the images are worth. Read Dice and the "
        "recalibrated BCE there, and draw no conclusion about data efficiency from these points.",
        (
            f"{task} · {model}: " + "; ".join(f"{name} at N = {_numbers(worse[task, model, name])}" for name in names)
            for (task, model), names in _strategies(worse).items()
        ),
    )


def _strategies(curves: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], list[str]]:
    """(task, model) -> its strategies among the curves, in the order of the palette."""
    groups: dict[tuple[str, str], list[str]] = {}
    for task, model, strategy in sorted(curves):
        groups.setdefault((task, model), []).append(strategy)
    return {group: in_order(names) for group, names in groups.items()}


def _failed(study: Study) -> Caution | None:
    return _caution(
        "failed",
        f"{_count(len(study.failures), 'trial')} failed",
        "They stopped with an error and are in no figure. The errors are listed below the table of trials; "
        "the same train command tries them again.",
        _cells(study.failures),
    )


def _diverged(study: Study) -> Caution | None:
    return _caution(
        "diverged",
        f"{_count(len(study.diverged), 'trial')} diverged",
        "Loss or test error became infinite or not a number. They are left out of means and fits and drawn as crosses "
        "at the top of the panels: what is shown is the error given that training converged.",
        _cells(study.diverged),
    )


def _missing(study: Study) -> Caution | None:
    return _caution(
        "missing",
        f"{_count(len(study.missing), 'planned trial')} not done yet",
        "Means and fits use what is there; they will change.",
        _cells(study.missing),
    )


def _skipped(study: Study) -> Caution | None:
    return _caution(
        "skipped",
        "Sizes above the pool were left out",
        "These tasks have fewer training images than that N.",
        (f"{row['task']}: N = {row['size']}, the pool has {row['pool']}" for row in study.plan["skipped"]),
    )


def _mixed(study: Study) -> Caution | None:
    groups = collect(study.records, "task", "model")
    return _caution(
        "mixed",
        "Strategies were not trained alike",
        "More than one protocol or data version is in use for one task and model: differences between strategies may "
        "come from that.",
        (
            f"{task} · {model}: {_count(len(hashes), word)}"
            for (task, model), records in sorted(groups.items())
            for key, word in (("protocol_hash", "protocol"), ("dataset_hash", "data version"))
            if len(hashes := {record[key] for record in records}) > 1
        ),
    )


def _few_sizes(study: Study) -> Caution | None:
    return _caution(
        "few-sizes",
        f"Curves with fewer than {MIN_SIZES} sizes have no law",
        "Three numbers a, b, c cannot be told from three points or fewer; their means are joined by straight lines.",
        (f"{_name(curve)}: {_count(len(curve.points), 'size')}" for curve in study.fits if curve.fit is None),
    )


def _bound(study: Study) -> Caution | None:
    return _caution(
        "bound",
        "b ended at a limit of its search",
        "The exponent is not determined; read it as “at most” or “at least”.",
        _fitted(study, lambda curve: curve.fit is not None and curve.fit.b_at_bound),
    )


def _floor(study: Study) -> Caution | None:
    return _caution(
        "floor",
        "c is not identified",
        "The interval of c reaches 0: these data cannot tell an error floor from a slower decay. Neither c nor b "
        "of these curves should be compared on its own.",
        _fitted(study, lambda curve: curve.fit is not None and not curve.fit.floor_identified),
    )


def _overlap(study: Study) -> Caution | None:
    overlapping = [record for record in study.records if record["subset"]["overlap"]]
    return _caution(
        "overlap",
        "Subsets overlap strongly between seeds",
        "N is more than half of the pool, so different seeds train on mostly the same images: the spread between "
        "seeds is too small there, and so are the intervals.",
        (
            f"{task}: N = {_numbers(sorted({record['size'] for record in records}))} of {records[0]['subset']['pool']}"
            for task, records in sorted(collect(overlapping, "task").items())
        ),
    )


def _trial_warnings(study: Study) -> Caution | None:
    texts = [text for record in study.records for text in record["warnings"]]
    return _caution(
        "trial-warnings",
        "Trials left warnings",
        "Said by the trials themselves, with the number of trials that said it.",
        (f"{text} ({_count(texts.count(text), 'trial')})" for text in sorted(set(texts))),
    )


def _caution(kind: str, headline: str, meaning: str, places: Iterable[str]) -> Caution | None:
    listed = tuple(places)
    return Caution(kind, headline, meaning, listed) if listed else None


def _fitted(study: Study, holds: Callable[[CurveFit], bool]) -> Iterator[str]:
    return (_name(curve) for curve in study.fits if holds(curve))


def _cells(trials: Iterable[Json]) -> Iterator[str]:
    """One line a (task, model, strategy), naming N and the number of trials."""
    groups = collect(trials, "task", "model", "strategy")
    for task, model, strategy in sorted(groups, key=lambda key: (*key[:2], in_order([key[2]]))):
        sizes = collect(groups[task, model, strategy], "size")
        listed = ", ".join(f"N = {size} ({len(sizes[size])})" for size in sorted(sizes))
        yield f"{task} · {model} · {strategy}: {listed}"


def _name(curve: CurveFit) -> str:
    return f"{curve.task} · {curve.model} · {curve.strategy}"


def _numbers(values: Iterable[int]) -> str:
    return ", ".join(map(str, values))


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
