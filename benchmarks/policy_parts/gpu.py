"""Does a training wait for the GPU outside of updates of the policies?"""

from functools import partial
from itertools import count

import torch
from torch.profiler import ProfilerActivity, profile

from policy_parts.example import SEED, default_network, example, updates_of
from segaug.augment.augment import augment
from segaug.augment.policy.starts import logits_of
from segaug.augment.policy_fixed import Fixed
from segaug.augment.policy_heuristic import PolicyHeuristic
from segaug.rng import stream
from segaug.training.objective import Objective

WAITS = ("cudaStreamSynchronize", "cudaDeviceSynchronize", "cudaEventSynchronize")
STEPS = 20


def waits_line(side: int, device: torch.device) -> None:
    """Print the host's waits in some steps by a policy that is not updated, as the profiler counts them."""
    network, batch, strategy = default_network().to(device), example(side).to(device), PolicyHeuristic()
    prepared, steps = Fixed(logits_of(strategy.probabilities(2)), None), count()

    def loss() -> torch.Tensor:
        seen = augment(strategy.stages(), prepared, batch, partial(stream, SEED, "augment", next(steps)))
        return Objective()(network(seen.image), seen.label)

    update = updates_of(network, loss)
    for _ in range(STEPS):  # tables are copied to the GPU once
        update()
    torch.cuda.synchronize()
    with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as profiled:
        for _ in range(STEPS):
            update()
    found = {each.key: each.count for each in profiled.key_averages() if each.key in WAITS}
    print(f"waits for the GPU in {STEPS} steps: {found or 'none'}; goal: none, but one of the profiler's own")
