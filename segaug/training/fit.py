"""Train one network: everything that Lightning needs to be told, in one place."""

import logging
import warnings
from dataclasses import dataclass
from typing import Literal

import torch
from pytorch_lightning import Trainer
from pytorch_lightning.plugins.environments import LightningEnvironment
from torch import nn

from segaug.augment.strategy import NOTHING, Allowed, Prepared, Strategy
from segaug.batch import Batch
from segaug.training.batches import SubsetBatches
from segaug.training.protocol import Protocol, schedule
from segaug.training.segmentation import Segmentation
from segaug.training.selection import History, Selection, Weights, weights_of
from segaug.training.stopwatch import Stopwatch

PRECISION: dict[str, Literal["32-true", "bf16-mixed"]] = {"float32": "32-true", "bfloat16": "bf16-mixed"}


@dataclass(frozen=True)
class Trained:
    """What training leaves behind; `best` equals `last` where the protocol uses no validation labels."""

    best: Weights
    last: Weights
    best_update: int
    updates: int
    epochs: int
    stopped: str  # "budget" | "patience" | "diverged"
    history: History


def fit(
    network: nn.Module,
    strategy: Strategy,
    prepared: Prepared,
    subset: Batch,
    validation: Batch | None,
    protocol: Protocol,
    seed: int,
    watch: Stopwatch,
    allowed: Allowed = NOTHING,
) -> Trained:
    """Train `network` (in place) on a subset that lies on the network's device.

    validation chooses the best weights; allowed is what the strategy's own training step may use.
    """
    plan = schedule(protocol, len(subset))
    module = Segmentation(network, strategy, prepared, protocol, plan, seed, watch, allowed)
    selection = Selection(validation)
    batches = SubsetBatches(subset, protocol.batch_size, plan.updates, seed)
    _run(module, selection, batches, protocol, subset.image.device)
    last = weights_of(network)
    done = selection.history.update[-1]
    return Trained(
        best=selection.best_weights or last,
        last=last,
        best_update=selection.best_update or done,
        updates=done,
        epochs=selection.history.epoch[-1],
        stopped=selection.stopped,
        history=selection.history,
    )


def _run(
    module: Segmentation, selection: Selection, batches: SubsetBatches, protocol: Protocol, device: torch.device
) -> None:
    # One Lightning epoch holds all updates: its per-epoch bookkeeping would cost more than a small network does.
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="pytorch_lightning")
        trainer = Trainer(
            accelerator="gpu" if device.type == "cuda" else "cpu",
            devices=[device.index or 0] if device.type == "cuda" else 1,
            precision=PRECISION[protocol.precision],
            max_epochs=1,
            callbacks=[selection],
            plugins=[LightningEnvironment()],  # inside a Slurm job it would take itself for a distributed run
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            use_distributed_sampler=False,
        )
        try:
            trainer.fit(module, train_dataloaders=batches)
        except SystemExit:
            if trainer.interrupted:  # Lightning turns Ctrl-C into an exit, which would hide it from the sweep
                raise KeyboardInterrupt from None
            raise
