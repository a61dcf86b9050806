"""Most memory that a process holds while it trains a network, beside what `segaug plan` foretells for a worker.

Run: python benchmarks/memory.py [--sides 64 128 256] [--models nnunet swin_unet] [--batch 8] [--precision float32]
Each in a process of its own that keeps its heap as workers do: three updates and a prediction of 32 images.
"""

import argparse
import os
import subprocess
import sys

from segaug.experiment.config.schema import MODELS
from segaug.experiment.machine.process import KEEP_HEAP, SINGLE_THREAD
from segaug.experiment.planned.memory import FIXED_MIB, kib_per_pixel

SCRIPT = """
import resource, sys
import torch
from segaug.experiment.artefacts.make_all import PRELOAD
from importlib import import_module
for name in PRELOAD:
    import_module(name)
from segaug.experiment.config.schema import MODELS
from segaug.models.network import build_with_seed
model, side, batch, precision = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
network = build_with_seed(MODELS[model](), 0)
optimiser = torch.optim.Adam(network.parameters())
image = torch.zeros(batch, 1, side, side)
for _ in range(3):
    optimiser.zero_grad()
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16"):
        logits = network(image)
    logits.float().square().mean().backward()
    optimiser.step()
with torch.no_grad():
    for _ in range(32 // batch):
        network(image)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def peak_mib(model: str, side: int, batch: int, precision: str) -> float:
    """Of one process; images of one channel, one structure."""
    command = [sys.executable, "-c", SCRIPT, model, str(side), str(batch), precision]
    environment = {**os.environ, **KEEP_HEAP, **SINGLE_THREAD}
    return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    """Print a line for each network and side."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sides", type=int, nargs="+", default=[64, 128, 256])
    parser.add_argument("--models", nargs="+", default=["nnunet", "swin_unet"], choices=[*MODELS])
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    args = parser.parse_args()
    print(f"batches of {args.batch}, {args.precision}; MiB")
    for model in args.models:
        for side in args.sides:
            peak = peak_mib(model, side, args.batch, args.precision)
            foretold = FIXED_MIB + kib_per_pixel(model) * args.batch * side**2 / 1024
            print(f"{model:10} {side:4} x {side:<4} measured {peak:6.0f}  foretold {foretold:6.0f}", flush=True)


if __name__ == "__main__":
    main()
