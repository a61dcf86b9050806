"""Commands of `segaug train` for the trials that an addition curve lacks.

What decides a trial is spelt out: data, network, strategy, sizes and seeds by the names that the study's trials have;
everything else is taken from the command that the study was made by.
"""

import re
import shlex
from collections.abc import Iterator, Sequence
from itertools import compress, pairwise
from operator import not_
from pathlib import Path

from segaug.analysis.addition.missing import Missing
from segaug.results.command import as_value, shown
from segaug.ways import plain_strategy

_SPELT_OUT = re.compile(
    r"(study|shard|output|name|seed|model|augment|scale|dataset)=|(model|augment|scale)\.|"
    r"(dataset\.(base|added|k)|protocol\.sampling)=|hydra"
)
_OPTIONS = re.compile(r"(?P<name>[^(]+)(\((?P<options>.*)\))?$")


def commands(missing: Sequence[Missing], made_by: str | None, study: Path) -> list[tuple[str, str]]:
    """What each is for, and the command.  made_by: the study's own command, where its plan holds one."""
    told = (shown(made_by) if made_by else None) or ""
    options, words = _words(told)
    words = [word for word in words if not _SPELT_OUT.match(word)]
    of_study = next((word for word in shlex.split(told) if word.startswith("study=")), "")
    beside = f"; beside what {of_study} sets" if of_study else ""
    place = f"output={as_value(str(study))}" if "output=" in told else f"name={_name(study)}"
    merged: dict[tuple[str, str], None] = {}
    for trials in missing:
        spelt = [*_data(trials), *_network(trials), *words, f"seed={_seeds(trials.seeds)}", place]
        merged[f"{trials.purpose}{beside}", shlex.join(["segaug", "train", "-m", *options, *spelt])] = None
    return list(merged)


def _words(command: str) -> tuple[list[str], list[str]]:
    """--config-dir with its folder, which has to stand before all overrides; and these."""
    words = [word for word in shlex.split(command)[2:] if word not in ("-m", "--multirun")]
    options = [word.startswith("-") or before == "--config-dir" for before, word in pairwise(["", *words])]
    return list(compress(words, options)), list(compress(words, map(not_, options)))


def _data(trials: Missing) -> Iterator[str]:
    key = trials.key
    if trials.alone:
        yield f"dataset={key.base}"
        yield f"scale.size={','.join(str(size) for (size,) in trials.amounts)}"
        return
    yield from ("dataset=pooled", f"dataset.base={key.base}", f"dataset.added=[{','.join(key.added)}]")
    yield f"dataset.k={','.join(map(_amount, trials.amounts))}"
    yield f"scale.size={key.size}"
    if trials.samplings and trials.samplings != ("proportional",):
        yield f"protocol.sampling={','.join(trials.samplings)}"


def _amount(counts: tuple[int, ...]) -> str:
    return str(counts[0]) if len(set(counts)) == 1 else f"[{','.join(map(str, counts))}]"


def _network(trials: Missing) -> Iterator[str]:
    """`model=nnunet model.feature_size=16` of `nnunet(feature_size=16)`, and the strategy the same way."""
    strategy, _ = plain_strategy(trials.key.strategy)  # a trial is trained once for all its ways of predicting
    for group, name in (("model", trials.key.model), ("augment", strategy.partition(" [")[0])):
        read = _OPTIONS.match(name)
        if read is None:
            continue
        yield f"{group}={read['name']}"
        options = (read["options"] or "").split(",")
        yield from (f"{group}.{option}" for option in options if "=" in option)


def _seeds(seeds: Sequence[int]) -> str:
    return f"range({len(seeds)})" if list(seeds) == list(range(len(seeds))) else ",".join(map(str, seeds))


def _name(study: Path) -> str:
    return as_value(study.resolve().name)
