"""A made-up study of strategies that make images: records with banks of known numbers, and a card with pictures."""

import json
from functools import partial
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from segaug.results.bank_pictures import BankPictures
from segaug.results.card_folder import card_folder
from segaug.results.store import Store
from tests.report.odd_studies import Cell, Json, Odd, law

TASK, MODEL, K = "heart", "nnunet", 4
STRATEGIES = ("baseline", "random_bank", "augpaint", "augpaint(keep=0.25)", "augpaint(keep=1)")
KEEP = {"augpaint(keep=0.25)": 0.25, "augpaint(keep=1)": 1.0}
SIZES = (4, 8)
FACTOR = {"augpaint": 0.8, "augpaint(keep=0.25)": 0.9, "augpaint(keep=1)": 0.85}  # of the baseline's error
RATIO = {"random_bank": 1.5}  # memorisation


def error(cell: Cell) -> float:
    """Test cross-entropy of a trial."""
    return FACTOR.get(cell.strategy, 1.0) * law(cell._replace(strategy="baseline"))


def scores(size: int, seed: int) -> list[list[float]]:
    """Of each sample of each image, the last of which has no foreground and no samples."""
    return [[round(0.9 - 0.1 * j - 0.01 * i - 0.001 * seed, 4) for j in range(K)] for i in range(size - 1)] + [[]]


def bank(trial: Json, ratio: float = 1.1, **measures: float | None) -> Json:
    """The block of a record; the first image loses all of its samples.  ratio: memorisation."""
    size, seed = trial["size"], trial["seed"]
    of_image = scores(size, seed)
    keep = KEEP.get(trial["strategy"], 0.5)
    flat = sorted((score for own in of_image[1:] for score in own), reverse=True)
    least = flat[max(round(keep * len(flat)), 1) - 1]
    chosen = [[place > 0 and score >= least for score in own] for place, own in enumerate(of_image)]
    usual = {
        "mean": 0.22, "sd": 0.2, "real_mean": 0.2, "real_sd": 0.2, "box_error": 0.01, "box_error_reconstruction": 0.008,
        "change_outside": 0.2, "diversity": 0.15, "memorisation": ratio, "nearest_is_source": 0.125, "kid": 0.031,
        "kid_floor": 0.002, "kid_samples": 4.0 * size, "kid_images": 60.0,
    }  # fmt: skip
    return {
        "artefact": f"augpaint_bank-{trial['strategy']}-{size}-{seed}",
        "per_image": K,
        "without_foreground": 1,
        "made": [len(own) for own in of_image],
        "kept": [sum(own) for own in chosen],
        "scores": of_image,
        "chosen": chosen,
        "measures": usual | measures,
        "warnings": [],
    }


def with_bank(trial: Json, **measures: float | None) -> Json:
    """The record with what is told of its made images; unchanged of the baseline."""
    strategy = trial["strategy"]
    if strategy == "baseline":
        return trial
    made = bank(trial, RATIO.get(strategy, 1.1), **measures)
    counts = {"made": sum(made["made"]), "kept": sum(made["kept"]), "used": sum(made["kept"])}
    images = {"labelled": trial["size"], "unlabelled": 60, "external": 0, "synthetic": counts}
    options = {"name": strategy.partition("(")[0], "keep": KEEP.get(strategy, 0.5), "per_image": K}
    config = {**trial["config"], "augment": options}
    return {**trial, "config": config, "images": images, "bank": made}


def write(folder: Path, strategies: tuple[str, ...] = STRATEGIES, seeds: int = 3, **measures: float | None) -> Store:
    """Write the records; no card."""
    change = partial(with_bank, **measures)
    odd = Odd(
        tasks=(TASK,), models=(MODEL,), strategies=strategies, sizes=SIZES, seeds=seeds, error=error, change=change
    )
    return odd.write(folder)


def pictures(n: int = 2, side: int = 32, channels: int = 1, k: int = K) -> BankPictures:
    """Discs in boxes; the first sample of each source is kept, and the second one is nearest to a real image."""
    row, column = np.mgrid[:side, :side]
    distance = np.hypot(row - side / 2, column - side / 2)
    label = np.repeat((distance < side / 5)[None, None], n, axis=0).astype(np.uint8)
    ramp = np.clip(200 * label[:, 0] + 3 * column, 0, 255)[:, None].repeat(channels, axis=1).astype(np.uint8)
    box = (np.abs(row - side / 2) < side / 4) & (np.abs(column - side / 2) < side / 4)
    made = np.stack([np.where(box, ramp, np.roll(ramp[..., ::-1], j, axis=-2)) for j in range(k)], axis=1)
    return BankPictures(
        image=ramp,
        label=label,
        kept_px=np.repeat(box[None], n, axis=0),
        reconstruction=ramp,
        made=made.astype(np.uint8),
        made_label=np.repeat(label[:, None], k, axis=1),
        score=np.tile(np.linspace(0.9, 0.3, k), (n, 1)),
        chosen=np.tile(np.arange(k) == 0, (n, 1)),
        likest=np.full(n, 1),
        nearest=ramp[..., ::-1].copy(),
        distance=np.linspace(0.05, 0.1, n),
    )


def write_card(study: Path, banks: dict[str, BankPictures]) -> None:
    """Write the card of the task, with nothing but these pictures."""
    folder = card_folder(study, TASK)
    folder.mkdir(parents=True)
    arrays = {name: array for strategy, bank in banks.items() for name, array in bank.named(strategy).items()}
    first = next(iter(banks.values()))
    image, label = first.image.astype(np.float32) / 255, first.label
    save_file({**arrays, "image": image, "label": label}, folder / "examples.safetensors")
    strategies = {name: {"sees": [], "size": 8, "seed": 0} for name in banks}
    card = {"task": TASK, "content_hash": "d", "images": 100, "patients": 40, "strategies": strategies}
    (folder / "card.json").write_text(json.dumps(card))
