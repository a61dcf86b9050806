"""A quiet Lightning Trainer: for the segmentation, and for the networks that strategies train before it."""

import logging
import os
import signal
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import torch
from pytorch_lightning import Callback, LightningModule, Trainer
from pytorch_lightning.plugins.environments import LightningEnvironment

from segaug.internals.lightning import leave_signals_alone

PRECISION: dict[str, Literal["32-true", "bf16-mixed"]] = {"float32": "32-true", "bfloat16": "bf16-mixed"}  # Lightning's


def train(
    module: LightningModule,
    batches: Iterable[object],
    device: torch.device,
    precision: Any = "32-true",  # Lightning's own union of literals
    callbacks: Sequence[Callback] = (),
) -> None:
    """Run `module` over all batches once, on a device, without logger, checkpoint or progress bar.

    One Lightning epoch holds all updates: its bookkeeping would cost more than a small network does.
    """
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    with warnings.catch_warnings(), _outside_of_slurm():
        warnings.filterwarnings("ignore", module="pytorch_lightning")
        warnings.filterwarnings("ignore", message="The `srun` command is available")  # one trial is one process
        trainer = Trainer(
            accelerator="gpu" if device.type == "cuda" else "cpu",
            devices=[device.index or 0] if device.type == "cuda" else 1,
            precision=precision,
            max_epochs=1,
            callbacks=list(callbacks),
            plugins=[LightningEnvironment()],  # inside a Slurm job it would take itself for a distributed run
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            use_distributed_sampler=False,
        )
        leave_signals_alone(trainer)  # they have one owner, the sweep
        try:
            trainer.fit(module, train_dataloaders=batches)
            module.to(device)  # Lightning leaves it on the CPU, apart from the images that it is used on next
        except SystemExit:
            if trainer.interrupted:  # Lightning turns Ctrl-C into an exit, which would hide it from the sweep
                signal.signal(signal.SIGINT, signal.default_int_handler)  # and ignores it from then on
                raise KeyboardInterrupt from None
            raise


@contextmanager
def _outside_of_slurm() -> Iterator[None]:
    """Keep Lightning from looking at Slurm: it would resume from any hpc_ckpt_*.ckpt, a pickle, in the working folder.

    The name of an interactive job is how Lightning lets itself be told so.
    """
    before = os.environ.get("SLURM_JOB_NAME")
    os.environ["SLURM_JOB_NAME"] = "interactive"
    try:
        yield
    finally:
        if before is None:
            del os.environ["SLURM_JOB_NAME"]
        else:
            os.environ["SLURM_JOB_NAME"] = before
