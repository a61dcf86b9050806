"""What is shown of a bank: its first sources, their samples, and the real images that these are most like."""

import torch
from torch import Tensor

from segaug.augment.bank import Bank
from segaug.augment.strategy import PrepareContext
from segaug.known import shown
from segaug.results.bank_pictures import BankPictures

SAMPLES = 6  # shown of each source


def bank_pictures(bank: Bank, context: PrepareContext, sources: int) -> BankPictures:
    """Of so many sources.  context: that of the trial, or preview, whose bank it is."""
    subset, unlabelled = context.subset, context.allowed.unlabelled
    place, made = bank.place[:sources], bank.image[:sources, :SAMPLES]
    distance, likest = bank.distance[:sources, :SAMPLES].min(dim=1)
    rows = bank.nearest[:sources, :SAMPLES].gather(1, likest[:, None])[:, 0]
    known = (rows >= 0).to(subset.image.device)  # black is shown where there is none
    pool = subset.image if unlabelled is None else torch.cat([subset.image, unlabelled])
    pictures = {
        "image": _grey_values(subset.image[place]),
        "label": subset.shown[place].round().byte(),
        "kept_px": bank.kept_px[:sources, 0],
        "reconstruction": bank.reconstruction[:sources],
        "made": made,
        "made_label": shown(bank.label[:sources, :SAMPLES]).round().byte(),
        "score": bank.score[:sources, :SAMPLES],
        "chosen": bank.chosen[:sources, :SAMPLES],
        "likest": likest,
        "nearest": _grey_values(torch.where(known.view(-1, 1, 1, 1), pool[rows], 0)),
        "distance": distance,
    }
    return BankPictures(**{name: tensor.cpu().numpy() for name, tensor in pictures.items()})


def _grey_values(image: Tensor) -> Tensor:
    return (255 * image).round().byte()
