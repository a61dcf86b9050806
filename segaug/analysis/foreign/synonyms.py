"""The names that people give to the columns of a table of trials."""

import re

OWN = {  # what a table may have -> our names for it
    "task": ("task",), "model": ("model",), "strategy": ("curve", "strategy"), "size": ("n", "size"),
    "seed": ("seed",), "error": ("error",), "status": ("status",), "constant": ("constant",),
    "subset": ("subset",), "case": ("case",), "patient": ("patient",),
}  # fmt: skip
OVERLAPS = (  # between 0 and 1, better the higher: 1 minus it is an error
    "dice", "dsc", "dice_score", "dice_coefficient", "iou", "miou", "jaccard", "nsd", "accuracy", "acc", "f1",
    "f1_score", "auc", "auroc",
)  # fmt: skip
_ERRORS = (
    "err", "loss", "1_dice", "one_minus_dice", "dice_loss", "dice_error", "error_rate", "bce", "ce", "cross_entropy",
    "nll", "mse", "rmse", "mae", "hd95",
)  # fmt: skip
_ABOUT = ("test_", "mean_")  # may stand before the name of an error
COMMON = {  # what a table may have -> other names for it
    "task": ("dataset",),
    "model": ("network", "architecture"),
    "strategy": ("method", "augmentation", "augment"),
    "size": (
        "n_train", "ntrain", "num_train", "train_n", "train_size", "training_size", "trainset_size", "n_samples",
        "num_samples", "samples", "sample_size", "n_images", "num_images", "images", "n_cases", "dataset_size",
    ),
    "seed": ("run", "fold", "rep", "repeat", "repetition", "replicate", "random_seed", "random_state"),
    "error": (*_ERRORS, *OVERLAPS, *(about + name for about in _ABOUT for name in ("error", *_ERRORS, *OVERLAPS))),
}  # fmt: skip


def plain_name(heading: str) -> str:
    """In lower case, without a unit in brackets, words apart by one underscore: "Test Dice [%]" is test_dice."""
    bare = re.sub(r"(?<=.)[\[(][^\])]*[\])]\s*$", "", heading.strip()).replace("%", "")
    return re.sub(r"[\s_.\-]+", "_", bare.lower()).strip("_")


def is_overlap(heading: str) -> bool:
    """Is a column of this name better the higher its numbers, which are between 0 and 1?"""
    name = plain_name(heading)
    return any(name.removeprefix(about) in OVERLAPS for about in ("", *_ABOUT))


def meant_by(name: str) -> str | None:
    """What of a table one of our own names is for; None where it is none of them."""
    plain = plain_name(name)
    return "error" if plain in OVERLAPS else next((key for key, names in OWN.items() if plain in names), None)
