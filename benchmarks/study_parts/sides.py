"""What takes turns: the study by `segaug train`, the study by a plain script, and whole trials of ours alone."""

import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from segaug.experiment.machine.process import KEEP_HEAP, SINGLE_THREAD
from segaug.results.store import Store
from study_parts.cost import Cost, cost_of
from study_parts.question import Question, Scores

SCRIPT, TRIALS = (Path(__file__).with_name(name) for name in ("plain_trial.py", "whole_trials.py"))


@dataclass(frozen=True)
class Turn:
    """One side's study, once."""

    cost: Cost
    scores: Sequence[Scores]  # of each trial


def by_segaug(question: Question, words: Sequence[str]) -> Turn:
    """As `segaug train` runs it, from the command to the last record; its worker keeps the heap of its own accord."""
    sizes, seeds = ",".join(map(str, question.sizes)), f"range({question.seeds})"
    swept = [f"scale.size={sizes}", f"seed={seeds}", "hydra.launcher.workers=1"]
    with tempfile.TemporaryDirectory() as folder:
        told = ["train", "-m", "name=study", *question.words(), *words, *swept, f"output={folder}/study"]
        cost = cost_of([sys.executable, "-m", "segaug", *told], environment(kept_heap=False))
        records = list(Store(Path(folder) / "study").records())
    if len(records) != len(question.trials):
        raise SystemExit(f"{len(records)} of {len(question.trials)} trials have a record\n{cost.output}")
    best = [record["test"]["best"] for record in records]
    return Turn(cost, [Scores(each["bce"], each["dice"]) for each in best])


def by_plain_script(
    question: Question, data: Path, rows: Mapping[tuple[int, int], Sequence[int]], kept_heap: bool
) -> Turn:
    """One process after the other."""
    common = [
        sys.executable,
        str(SCRIPT),
        str(data),
        f"--updates={question.updates}",
        f"--features={question.features}",
    ]
    turns = []
    for (_, seed), subset in rows.items():
        command = [*common, f"--seed={seed}", "--rows", *map(str, subset)]
        turns.append(cost_of(command, environment(kept_heap)))
    return Turn(sum(turns, Cost(0.0, 0.0)), [Scores.read(turn.output) for turn in turns])


def whole_trials(question: Question, words: Sequence[str], rounds: int) -> dict[str, dict[str, list[float]]]:
    """CPU seconds by size, in a process that keeps its heap as a worker does; see `whole_trials.py`."""
    sizes = ["--sizes", "1", *map(str, question.sizes), f"--rounds={rounds}"]
    command = [sys.executable, str(TRIALS), *sizes, "--words", *question.words(), "--bfloat16", *words]
    found: dict[str, dict[str, list[float]]] = json.loads(cost_of(command, environment(kept_heap=True)).output)
    return found


def environment(kept_heap: bool) -> dict[str, str]:
    """One thread, and the heap of the system or the one that is kept between updates."""
    ours = {name: value for name, value in os.environ.items() if name not in KEEP_HEAP}
    return {**ours, **SINGLE_THREAD, **(KEEP_HEAP if kept_heap else {})}
