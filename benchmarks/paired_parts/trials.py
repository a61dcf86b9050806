"""Trials that are trained in pairs and kept, so that the same command goes on; a few short ones to try it."""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def asked(description: str | None, pairs: int, sizes: Sequence[int]) -> Iterator[argparse.Namespace]:
    """What the command line says; where it keeps nothing, short trials on generated hearts in a folder that passes."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="folder of the records")
    parser.add_argument("--pairs", type=int, default=pairs)
    parser.add_argument("--sizes", type=int, nargs="+", default=[*sizes])
    parser.add_argument("--updates", type=int, default=64)
    parser.add_argument("--only-table", action="store_true", help="of what has run")
    parser.add_argument("words", nargs="*", help="options of segaug train")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        if args.keep is None:
            args.keep, args.pairs, args.sizes, args.updates = Path(passing), 3, [4], 8
            args.words = ["dataset=phantom_thorax_heart", "model=nnunet", "model.feature_size=8"]
        yield args


def train(args: argparse.Namespace, study: str, arms: Sequence[str], env: Mapping[str, str] = os.environ) -> None:
    """Run what is missing of a study, one trial at a time on one thread."""
    words = args.words or ["dataset=hippocampus", "model=nnunet"]
    protocol = ["protocol=fixed_steps", f"protocol.length={args.updates}", "protocol.validate_every=16"]
    swept = [f"scale.size={','.join(map(str, args.sizes))}", f"seed=range({args.pairs})", *arms]
    places = [f"name={study}", f"output={args.keep / study}", "hydra.launcher.workers=1"]
    command = [sys.executable, "-m", "segaug", "train", "-m", *protocol, *words, *swept, *places]
    subprocess.run(command, check=True, env=dict(env))
