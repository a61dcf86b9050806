"""How soon a published grid is planned and starts, and what packing saves: `python benchmarks/launching.py`.

The grid: 20 generated tasks x 2 networks x 3 strategies x 8 sizes x 20 seeds = 19,200 trials of the tiniest training.
Pools and sizes are small, so that drawing images does not hide what is measured.  Each number is of a process as a user
starts it, imports included; `first plan`: with an empty cache of images.
Then one trial a process, as launchers without packing run them, beside trials that warm workers take.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

TASKS = ",".join(f"phantom_{name}" for name in ("thorax_lung", "thorax_heart", "blob", "lesions", "template_lv"))
TINY = ["protocol=fixed_steps", "protocol.length=2", "protocol.warmup=1", "protocol.validate_every=2"]
GOALS = {"plan": 20.0, "first trial": 60.0}


def grid(seeds: int, tasks: int) -> list[str]:
    """Arguments of the sweep; tasks beyond the five families are the same anatomy drawn with another seed."""
    draws = -(-tasks // 5)
    return [
        "-m", *TINY, f"dataset={TASKS}", f"dataset.seed=range({draws})", "dataset.images=60", "dataset.size=16",
        "model=nnunet,swin_unet", "augment=none,baseline,red", "scale.size=1,2,3,4,5,6,7,8",
        f"seed=range({seeds})",
    ]  # fmt: skip


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "segaug", *words]


def planned(words: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    told = subprocess.run(command("plan", *words), check=True, capture_output=True, text=True, env=environment).stdout
    took = time.perf_counter() - start
    print(next(line for line in told.splitlines() if " trials in " in line))
    return took


def first_trial(words: list[str], folder: Path, environment: dict[str, str]) -> float:
    """Seconds until there is a record."""
    start = time.perf_counter()
    output = folder / "first"
    process = subprocess.Popen(command("train", *words, f"output={output}"), stdout=subprocess.DEVNULL, env=environment)
    try:
        while not any(output.glob("trials/*/record.json")):
            if process.poll() is not None:
                raise SystemExit(f"the sweep ended with {process.returncode} before its first record")
            time.sleep(0.1)
        return time.perf_counter() - start
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def overhead(folder: Path, environment: dict[str, str]) -> None:
    """Wall time a trial of almost no work: its own process, against twenty by one warm worker."""

    def run(words: list[str], name: str) -> float:
        start = time.perf_counter()
        subprocess.run(
            command("train", *words, f"output={folder / name}"), check=True, stdout=subprocess.DEVNULL, env=environment
        )
        return time.perf_counter() - start

    words = [*TINY, "dataset=phantom_blob", "dataset.images=60", "dataset.size=16", "model.feature_size=2", "scale=n1"]
    run(words, "warm-up")
    alone = sorted(run([*words, f"seed={seed}"], "alone") for seed in range(3))[1]
    few, many = (
        run(["-m", *words, f"seed=range({seeds})", "hydra.launcher.workers=1"], f"packed-{seeds}")
        for seeds in (20, 120)
    )
    packed = (many - few) / 100
    print(
        f"a trial of its own process: {alone:.2f} s; packed: {packed:.3f} s; {alone / packed:.0f} times less (goal: 10)"
    )
    print(f"a pack of 20, start-up included: {few / 20:.2f} s a trial")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--tasks", type=int, default=20)
    asked = parser.parse_args()
    words = grid(asked.seeds, asked.tasks)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {**os.environ, "SEGAUG_CACHE": str(folder / "cache")}
        steps: dict[str, Callable[[], float]] = {
            "first plan": lambda: planned(words, environment),
            "plan": lambda: planned(words, environment),
            "first trial": lambda: first_trial(words, folder, environment),
        }
        for step, measure in steps.items():
            goal = f" (goal: {GOALS[step]:.0f} s)" if step in GOALS else ""
            print(f"{step:12} {measure():6.1f} s{goal}", flush=True)
        overhead(folder, environment)


if __name__ == "__main__":
    main()
