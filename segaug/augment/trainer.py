"""A quiet Lightning Trainer for the networks that a strategy trains before the segmentation is."""

import logging
import warnings
from collections.abc import Iterable

import torch
from pytorch_lightning import LightningModule, Trainer
from pytorch_lightning.plugins.environments import LightningEnvironment


def train(module: LightningModule, batches: Iterable[object], device: torch.device) -> None:
    """Run `module` over all batches once, on a device: in float32, without logger, checkpoint or progress bar."""
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="pytorch_lightning")
        trainer = Trainer(
            accelerator="gpu" if device.type == "cuda" else "cpu",
            devices=[device.index or 0] if device.type == "cuda" else 1,
            max_epochs=1,
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
