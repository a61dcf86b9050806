"""One trial as it is written without segaug: MONAI's network and transforms, Lightning's trainer, torch's loader.

    python benchmarks/study_parts/plain_trial.py DATA.npz --rows 3 17 42 105 --seed 0

Prints the scores as JSON.  DATA.npz holds `image` and `label`, (M, 1, side, side) float32 in 0..1, decoded and resized,
and the rows `validation` and `test`.  Written for speed where one knows how: images in memory and no loader's workers,
one long Lightning epoch, the affine map inside of the elastic one so that images are resampled once, no metadata,
fused Adam, no logger, bar or summary.  (Channels last is slower for this network: its instance norm copies it back.)
"""

import argparse
import json
import logging
import math
import tempfile
import warnings
from collections.abc import Sequence

import numpy as np
import torch
from monai.data import Dataset, set_track_meta
from monai.metrics import compute_dice
from monai.networks.nets import DynUNet
from monai.transforms import Compose, Rand2DElasticd, RandFlipd, RandHistogramShiftd
from pytorch_lightning import LightningModule, Trainer, seed_everything
from pytorch_lightning.callbacks import ModelCheckpoint
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce
from torch.utils.data import DataLoader, RandomSampler

Item = dict[str, Tensor]
BOTH = ("image", "label")
BATCH, TEST_BATCH, VALIDATE_EVERY = 8, 16, 16
LEARNING_RATE = 0.01


def build(features: int = 32) -> nn.Module:
    filters = [features * 2**level for level in range(4)]
    return DynUNet(
        2, 1, 1, [3] * 4, [1, 2, 2, 2], [2, 2, 2], filters=filters, norm_name="instance", res_block=True
    )  # fmt: skip


def augmentation(side: int, seed: int) -> Compose:
    zoom = side / 256  # lengths are those of an image of 256 pixels
    elastic = Rand2DElasticd(
        BOTH,
        spacing=(32 * zoom, 32 * zoom),
        magnitude_range=(zoom, 4 * zoom),
        prob=1.0,
        rotate_range=math.radians(15),
        shear_range=(0.1, 0.1),
        scale_range=(0.1, 0.1),
        mode=("bilinear", "nearest"),
        padding_mode="zeros",
    )
    flips = [RandFlipd(BOTH, prob=0.5, spatial_axis=axis) for axis in (0, 1)]
    return Compose([*flips, elastic, RandHistogramShiftd("image", num_control_points=10, prob=0.5)]).set_random_state(
        seed
    )


class Segmentation(LightningModule):
    def __init__(self, network: nn.Module, updates: int, warmup: int) -> None:
        super().__init__()
        self.network, self.updates, self.warmup = network, updates, warmup

    def training_step(self, batch: Item, index: int) -> Tensor:
        return bce(self.network(batch["image"]), batch["label"])

    def validation_step(self, batch: Item, index: int) -> None:
        loss = bce(self.network(batch["image"]), batch["label"])
        self.log("validation_bce", loss, batch_size=len(batch["image"]))

    def test_step(self, batch: Item, index: int) -> None:
        logits, label = self.network(batch["image"]), batch["label"]
        dice = compute_dice((logits > 0).float(), label, ignore_empty=False).mean()
        self.log_dict({"bce": bce(logits, label), "dice": dice}, batch_size=len(label))

    def configure_optimizers(self):
        optimiser = torch.optim.Adam(self.parameters(), LEARNING_RATE, fused=True)
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimiser, self.share_of_rate)
        return [optimiser], [{"scheduler": scheduler, "interval": "step"}]

    def share_of_rate(self, update: int) -> float:
        """Linear warm-up, then a cosine to 0."""
        if update < self.warmup:
            return (update + 1) / self.warmup
        return 0.5 * (1 + math.cos(math.pi * (update - self.warmup) / (self.updates - self.warmup)))


def training_loader(items: Sequence[Item], augment: Compose, updates: int) -> DataLoader:
    """All updates as one epoch; each image as often as the others."""
    size = min(BATCH, len(items))
    dataset = Dataset(items, augment)
    return DataLoader(dataset, size, sampler=RandomSampler(dataset, num_samples=updates * size))


def run(options: argparse.Namespace) -> dict[str, float]:
    """Train on the rows asked for; the test scores of the weights that are best on validation."""
    seed_everything(options.seed, verbose=False)
    arrays = np.load(options.data)
    image, label = (torch.from_numpy(arrays[name]) for name in BOTH)

    def items(rows: Sequence[int]) -> list[Item]:
        return [{"image": image[row], "label": label[row]} for row in rows]

    augment = augmentation(image.shape[-1], options.seed)
    module = Segmentation(build(options.features), options.updates, options.updates // 10)
    with tempfile.TemporaryDirectory() as folder:
        best = ModelCheckpoint(folder, monitor="validation_bce", save_weights_only=True, save_on_train_epoch_end=False)
        trainer = Trainer(
            accelerator="cpu",
            devices=1,
            max_epochs=1,
            val_check_interval=min(VALIDATE_EVERY, options.updates),
            num_sanity_val_steps=0,
            callbacks=[best],
            logger=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        training = training_loader(items(options.rows), augment, options.updates)
        trainer.fit(module, training, DataLoader(items(arrays["validation"]), TEST_BATCH))
        (scores,) = trainer.test(module, DataLoader(items(arrays["test"]), TEST_BATCH), ckpt_path="best", verbose=False)
    return scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("--rows", type=int, nargs="+", required=True, help="images to train on")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--updates", type=int, default=64)
    parser.add_argument("--features", type=int, default=32, help="channels at full resolution")
    options = parser.parse_args()
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", module="pytorch_lightning|monai")
    torch.set_num_threads(1)
    set_track_meta(False)
    print(json.dumps(run(options)))


if __name__ == "__main__":
    main()
