"""Which trials ask for a precision that this machine emulates."""

from collections.abc import Iterable

from segaug.experiment.config.trial import Trial
from segaug.experiment.machine.precision import emulates_bfloat16


def told_emulated(trials: Iterable[Trial]) -> str | None:
    """One line, where some ask for bfloat16 and would be slower for it here; None where all is well.

    They run all the same: precision is part of what a trial is, and never depends on the machine.
    """
    configs = [trial.config for trial in trials]
    asked = [c for c in configs if "bfloat16" in (c.protocol.precision, c.protocol.inference_precision)]
    if not asked or not emulates_bfloat16(asked[0].device):
        return None
    some = "1 trial asks" if len(asked) == 1 else f"{len(asked):,} trials ask"
    return (
        f"{some} for bfloat16, which this machine emulates, several times slower than float32; "
        "protocol.precision=float32 protocol.inference_precision=float32 makes other trials of them"
    )
