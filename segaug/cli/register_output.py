"""What `segaug register` writes and prints."""

import io
import os
from pathlib import Path

import numpy as np
from PIL import Image

from segaug.cli.register_input import Pair, size
from segaug.cli.register_pair import Result
from segaug.errors import DataError
from segaug.files import write_atomic
from segaug.registration.lddmm import Lddmm
from segaug.registration.momentum_file import save_momentum
from segaug.report.pictures.registration_figure import registration_figure

NAMES = {"lncc": "1 - local correlation", "ssd": "mean squared difference"}


def open_folder(name: str) -> Path:
    """The folder to write into, made before any work is done."""
    folder = Path(name).expanduser()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError as error:
        raise _unwritable(folder, str(error.strerror)) from error
    if not writable:
        raise _unwritable(folder, "permission denied")
    return folder


def write(folder: Path, pair: Pair, result: Result) -> list[Path]:
    """Each file is whole or absent; returns their paths."""
    figure = registration_figure(
        pair.moving, pair.fixed, result.warped, result.field_px, mask=pair.mask, warped_mask=result.mask
    )
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=200)
    stored = np.interp(result.warped, (0, 1), pair.moving_range) if result.colour is None else result.colour
    pictures = {"registration.png": drawn.getvalue(), "warped.png": _png(np.round(stored))}
    if result.mask is not None:
        pictures["mask.png"] = _png(result.mask)
    try:
        save_momentum(folder / "momentum.safetensors", result.stored)
        for name, data in pictures.items():
            write_atomic(folder / name, data)
    except OSError as error:
        raise _unwritable(folder, str(error.strerror)) from error
    return [folder / name for name in (*pictures, "momentum.safetensors")]


def printed(pair: Pair, result: Result, lddmm: Lddmm, files: list[Path]) -> str:
    """The result in a few lines."""
    length = np.linalg.norm(result.field_px, axis=0)
    guard = result.stored.guard_factor
    strained = "not needed" if guard == 1 else f"momentum shrunk to {guard:.2f} of what fits best"
    lines = {
        "images": f"{pair.moving_id.name} -> {pair.fixed_id.name}, {size(pair.moving.shape)} pixels",
        NAMES[lddmm.similarity]: f"{result.before:.4f} -> {result.after:.4f}",
        "displacement": f"mean {length.mean():.2f} px, largest {length.max():.2f} px",
        "smallest Jacobian": f"{result.min_jacobian:.3f} ({'no fold' if result.min_jacobian > 0 else 'FOLDED'})",
        "guard against folds": strained,
        "time": f"{result.seconds:.2f} s",
        "written": ", ".join(file.name for file in files) + f" in {files[0].parent.resolve()}",
    }
    return "\n".join(f"{name:{max(map(len, lines))}}  {value}" for name, value in lines.items())


def _png(pixels: np.ndarray) -> bytes:
    """Grey or RGB, 8 bit where that holds all values, else 16."""
    depth = np.uint8 if pixels.max() <= 255 else np.uint16
    data = io.BytesIO()
    Image.fromarray(pixels.astype(depth)).save(data, format="PNG")
    return data.getvalue()


def _unwritable(folder: Path, reason: str) -> DataError:
    return DataError(file=folder, problem=f"cannot be written ({reason})", fix="choose a folder of yours with --out")
