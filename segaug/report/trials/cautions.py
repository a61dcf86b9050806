"""What a reader must know before reading the figures, in plain words; nothing is said where there is nothing to say."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from segaug.findings.phrases import counted
from segaug.report.laws.law_cautions import LAW_CHECKS
from segaug.report.look.palette import in_order
from segaug.report.policies.policy_cautions import POLICY_CHECKS
from segaug.report.study.caution import Caution, make
from segaug.report.study.measure import Json
from segaug.report.study.study import Study, collect, mean_by_size
from segaug.report.synthesis.synthesis_cautions import SYNTHESIS_CHECKS
from segaug.report.trials.budget_cautions import unlike_budgets
from segaug.report.trials.learned_cautions import LEARNED_CHECKS
from segaug.report.trials.network_cautions import collapsed, not_trained_out, weights_never_moved
from segaug.report.ways.ways_cautions import WAYS_CHECKS
from segaug.results.code_names import short
from segaug.results.pooled import is_told_shared


def cautions(study: Study) -> list[Caution]:
    """All that are due, the gravest first."""
    checks = (
        _same_patients,
        collapsed,
        _atlas,
        _failed,
        _diverged,
        _left_out,
        _missing,
        _skipped,
        _mixed,
        unlike_budgets,
        _code,
        not_trained_out,
        weights_never_moved,
        *LEARNED_CHECKS,
        *SYNTHESIS_CHECKS,
        *POLICY_CHECKS,
        *WAYS_CHECKS,
        *LAW_CHECKS,
        _overlap,
        _trial_warnings,
    )
    return [caution for check in checks if (caution := check(study)) is not None]


def _same_patients(study: Study) -> Caution | None:
    told = {text for record in study.trained for text in record["warnings"] if is_told_shared(text)}
    return make(
        "same-patients",
        "Sources that were pooled show some of the same patients",
        "Who is trained on in one of them may be tested on in the other: scores may be too good, and what added images "
        "are worth may be the worth of having seen the test patients.",
        sorted(told),
    )


def worse_than_atlas(study: Study) -> dict[tuple[str, str, str], list[int]]:
    """Curve -> sizes where the mean test cross-entropy of the network is above that of the mean training mask."""
    worse = {}
    for curve, records in sorted(collect(study.ok, "task", "model", "strategy").items()):
        measure = study.measured.cross_entropy_of(curve[0])
        network = mean_by_size((record["size"], measure.of(record)) for record in records)
        atlas = mean_by_size((record["size"], measure.of_atlas(record)) for record in records)
        if sizes := [size for size in network if size in atlas and network[size] > atlas[size]]:
            worse[curve] = sizes
    return worse


def _atlas(study: Study) -> Caution | None:
    worse = worse_than_atlas(study)
    words = " or ".join(dict.fromkeys(study.measured.cross_entropy_of(task).quantity.words for task, *_ in worse))
    return make(
        "atlas",
        "The network is worse than the atlas",
        "The atlas is the mean of the training masks: it never looks at the test image. Where its "
        f"{words} is lower, the network's {words} tells how far training has come, not how much the images are worth. "
        f"Read Dice and the recalibrated {words} there, and draw no conclusion about data efficiency from these "
        "points.",
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
    return make(
        "failed",
        f"{counted(len(study.failures), 'trial')} failed",
        "They stopped with an error and are in no figure. The errors are listed below the table of trials; the same "
        "train command tries them again.",
        _cells(study.failures),
    )


def _diverged(study: Study) -> Caution | None:
    return make(
        "diverged",
        f"{counted(len(study.diverged), 'trial')} diverged",
        "Their error became infinite or not a number, or stayed no better than a constant prediction while the "
        "training loss did not improve. They are left out of means and laws and drawn as crosses at the top of the "
        "panels: what is shown is the error given that training converged.",
        _cells(study.diverged),
    )


def _left_out(study: Study) -> Caution | None:
    errors = study.snapshot.left_out.values()
    return make(
        "left_out",
        f"{counted(len(errors), 'file')} in the place of a record left out",
        "They are damaged, hold what no trial can have left, lie in a folder of another name, or are of another "
        "version: they are in no figure. The same train command makes the records of this study that are missing.",
        (f"{Path(error.file).parent.name}: {error.problem}" for error in errors),
    )


def _missing(study: Study) -> Caution | None:
    return make(
        "missing",
        f"{counted(len(study.missing), 'planned trial')} not done yet",
        "Means and fits use what is there; they will change.",
        _cells(study.missing),
    )


def _skipped(study: Study) -> Caution | None:
    return make(
        "skipped",
        "Sizes above the pool were left out",
        "These tasks have fewer training images than that N.",
        (f"{row['task']}: N = {row['size']}, the pool has {row['pool']}" for row in study.plan["skipped"]),
    )


def _mixed(study: Study) -> Caution | None:
    groups = collect(study.trained, "task", "model")
    return make(
        "mixed",
        "Strategies were not trained alike",
        "More than one protocol or data version is in use for one task and model: differences between strategies may "
        "come from that.",
        (
            f"{task} · {model}: {counted(len(hashes), word)}"
            for (task, model), records in sorted(groups.items())
            for key, word in (("protocol_hash", "protocol"), ("dataset_hash", "data version"))
            if len(hashes := {record[key] for record in records}) > 1
        ),
    )


def _code(study: Study) -> Caution | None:
    curves = collect(study.trained, "task", "model", "strategy")
    return make(
        "code",
        "Curves mix trials of different code",
        "The rooms of the program that decide results have changed between trials of one curve: some of the spread "
        "may come from that. A version names the release; the letters before the dot name what every trial runs, those "
        "behind it the data set, model and strategy of the curve. Trials of before this was recorded are of unknown "
        "code, and letters without a dot are of before docstrings stopped to count: both may be the same code.",
        (
            f"{' · '.join(curve)}: {_codes(curves[curve])}"
            for curve in sorted(curves, key=lambda key: (*key[:2], in_order([key[2]])))
            if len({_code_of(record) for record in curves[curve]}) > 1
        ),
    )


def _codes(records: Iterable[Json]) -> str:
    counts = Counter(map(_code_of, records))
    return ", ".join(f"{code} ({counted(counts[code], 'trial')})" for code in sorted(counts))


def _code_of(record: Json) -> str:
    return f"{record['code_version']} {short(record['code'])}" if record["code"] else "unknown"


def _overlap(study: Study) -> Caution | None:
    overlapping = [record for record in study.trained if record["overlap"]]
    return make(
        "overlap",
        "Subsets overlap strongly between seeds",
        "N is more than half of the pool, so different seeds train on mostly the same images: the spread between "
        "seeds is too small there, and so are the intervals.",
        (
            f"{task}: N = {_numbers(sorted({record['size'] for record in records}))} of {records[0]['pool']}"
            for task, records in sorted(collect(overlapping, "task").items())
        ),
    )


def _trial_warnings(study: Study) -> Caution | None:
    texts = [text for record in study.trained for text in record["warnings"] if not is_told_shared(text)]
    return make(
        "trial-warnings",
        "Trials left warnings",
        "Said by the trials themselves, with the number of trials that said it.",
        (f"{text} ({counted(texts.count(text), 'trial')})" for text in sorted(set(texts))),
    )


def _cells(trials: Iterable[Json]) -> Iterator[str]:
    """One line a (task, model, strategy), naming N and the number of trials."""
    groups = collect(trials, "task", "model", "strategy")
    for task, model, strategy in sorted(groups, key=lambda key: (*key[:2], in_order([key[2]]))):
        sizes = collect(groups[task, model, strategy], "size")
        listed = ", ".join(f"N = {size} ({len(sizes[size])})" for size in sorted(sizes))
        yield f"{task} · {model} · {strategy}: {listed}"


def _numbers(values: Iterable[int]) -> str:
    return ", ".join(map(str, values))
