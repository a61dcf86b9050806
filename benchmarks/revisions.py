"""Is a change free of cost?  The working tree beside the code of a commit, in one run.

Run: python benchmarks/revisions.py [COMMIT] [--rounds 8] [--trials 50000] [--only scan,load]     (COMMIT: HEAD)
Three processes live through it, one thread each: the tree, the commit, and the commit once more (A/A).  Each round asks
them in turn, in another order each time, for processor seconds of the same work; the ratio of each round is taken to
the first process of the commit.  Goal: the tree within 1.01 (loading: 1.05) plus the spread of the A/A ratios, which is
the half width of the 95 % interval of their mean.
"""

import argparse
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
from scipy.stats import t

HERE = Path(__file__).resolve()
GOALS = {"step": 1.01, "trial": 1.01, "harness": 1.01, "plan": 1.01, "scan": 1.05, "load": 1.05}
WORDS = {
    "step": "an update of nnunet, 64 px, batch 8",
    "trial": "a trial of 8 updates of it, with its scores",
    "harness": "a trial of a network of two channels, 16 px",
    "plan": "a plan of 1,000 trials",
    "scan": "first scan of a study's records",
    "load": "the same from its snapshot",
}


def work(records: Path) -> dict[str, Callable[[], float]]:
    """What a process can be asked for, in words that every version understands; each gives processor seconds."""
    from segaug.experiment.outside import compose
    from segaug.experiment.planned.plan import load, make_plan
    from segaug.experiment.trial.run import run_trial
    from segaug.results.snapshot import Snapshot

    small = ["protocol=fixed_steps", "protocol.warmup=1", "protocol.validate_every=100", "scale=n8"]
    tiny = [*small, "dataset.images=60", "dataset.size=16", "model.feature_size=2", "protocol.length=16"]

    def trial(*words: str) -> Callable[[], float]:
        (planned,) = make_plan([compose([*words, f"cache={records / 'cache'}"])], skip_large=False).trials
        task = load(planned.trial)
        return lambda: seconds(lambda: run_trial(planned, task))

    short, long, harness = trial(*small, "protocol.length=8"), trial(*small, "protocol.length=24"), trial(*tiny)
    one = compose(tiny)

    def scan() -> float:
        for path in records.glob("*.parquet"):
            path.unlink()
        return seconds(lambda: Snapshot(records).trials())

    def plan() -> float:
        grid = [one.at(size=size, seed=seed) for size in range(1, 11) for seed in range(100)]
        return seconds(lambda: make_plan(grid, skip_large=True))

    return {
        "step": lambda: (long() - short()) / 16,
        "trial": short,
        "harness": harness,
        "plan": plan,
        "scan": scan,
        "load": lambda: seconds(lambda: Snapshot(records).trials()),
    }


def seconds(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def answer(records: Path) -> None:
    """The life of one process: a name on each line in, a number on each line out."""
    known = work(records)
    for line in sys.stdin:
        print(json.dumps(known[line.strip()]()), flush=True)


@contextmanager
def process(tree: Path, records: Path) -> Iterator[Callable[[str], float]]:
    """Ask a process that imports segaug from a tree."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    # each tree's own copy of this file: it knows where things lie in that tree
    command = [sys.executable, str(tree / HERE.relative_to(HERE.parents[1])), "--answer", str(records)]
    with subprocess.Popen(
        command, cwd=tree, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin
        assert child.stdout
        stdin, stdout = child.stdin, child.stdout

        def ask(name: str) -> float:
            print(name, file=stdin, flush=True)
            return float(json.loads(stdout.readline()))

        yield ask
        stdin.close()


@contextmanager
def checkout(commit: str, folder: Path) -> Iterator[Path]:
    """The files of a commit."""
    root = HERE.parents[1]
    subprocess.run(["git", "worktree", "add", "-q", "--detach", str(folder), commit], cwd=root, check=True)
    try:
        yield folder
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", str(folder)], cwd=root, check=True)


def make_records(folder: Path, trials: int) -> None:
    sys.path.insert(0, str(HERE.parent))
    from loading import make

    make(folder, trials, cases=40)


def compare(commit: str, rounds: int, trials: int, names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        home = Path(temporary)
        before = stack.enter_context(checkout(commit, home / "before"))
        make_records(home / "records", trials if {"scan", "load"} & set(names) else 1)
        arms = {}
        for arm, tree in (("tree", HERE.parents[1]), ("commit", before), ("again", before)):
            # each has a snapshot of its own beside the same records, of which a study takes no link that is symbolic
            shutil.copytree(home / "records" / "trials", home / arm / "trials", copy_function=os.link)
            arms[arm] = stack.enter_context(process(tree, home / arm))
        print(f"{'':48}{'commit':>10}{'tree':>9}{'A/A':>9}{'spread':>9}")
        for name in names:
            show(name, measured(arms, name, rounds))


def measured(arms: dict[str, Callable[[str], float]], name: str, rounds: int) -> dict[str, np.ndarray]:
    """Processor seconds of each arm in each round; the first round only warms up."""
    orders = itertools.cycle(itertools.permutations(arms))
    found = [{arm: arms[arm](name) for arm in order} for order in itertools.islice(orders, rounds + 1)]
    return {arm: np.array([one[arm] for one in found[1:]]) for arm in arms}


def show(name: str, found: dict[str, np.ndarray]) -> None:
    tree, again = (np.log(found[arm] / found["commit"]) for arm in ("tree", "again"))
    ratio, control = np.exp(tree.mean()), np.exp(again.mean())
    spread = float(t.ppf(0.975, len(again) - 1) * again.std(ddof=1) / len(again) ** 0.5)
    met = ratio <= GOALS[name] + spread
    milliseconds = 1000 * np.median(found["commit"])
    print(
        f"{WORDS[name]:48}{milliseconds:7.1f} ms{ratio:8.3f}x{control:8.3f}x{spread:9.3f}   "
        f"goal {GOALS[name]:.2f}: {'met' if met else 'missed'}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commit", nargs="?", default="HEAD")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--trials", type=int, default=50_000)
    parser.add_argument("--only", default=",".join(GOALS), help="some of the names, with commas")
    parser.add_argument("--answer", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.answer:
        answer(args.answer)
    else:
        compare(args.commit, args.rounds, args.trials, args.only.split(","))


if __name__ == "__main__":
    main()
