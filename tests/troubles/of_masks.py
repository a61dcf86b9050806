"""Masks that say something else than their owner meant."""

from pathlib import Path

import numpy as np
import tifffile
from PIL import Image, ImageFilter

from tests.troubles.real_sets import cells, change, hearts, masks, of_cells, of_hearts, pixels
from tests.troubles.trouble import ERROR, NOTE, READ, Asked, trouble


@trouble("white is zero, 1 bit", READ)
def bits_white_is_zero(root: Path) -> Asked:
    """`tifffile.imwrite(mask > 0)`, which writes a TIFF whose white is zero."""
    for file in masks(hearts(root)):
        tifffile.imwrite(file.with_suffix(".tif"), pixels(file) > 0)
        file.unlink()
    return of_hearts(root)


@trouble("white is zero, 8 bits", READ)
def inverting_table(root: Path) -> Asked:
    """Fiji's inverting table: 255 is foreground, PhotometricInterpretation 0."""
    for file in masks(hearts(root)):
        tifffile.imwrite(file.with_suffix(".tif"), pixels(file) * np.uint8(255), photometric="miniswhite")
        file.unlink()
    return of_hearts(root)


@trouble("fax-style masks, which only a viewer turns right", NOTE, "inverted\\?")
def fax(root: Path) -> Asked:
    """1 bit, background stored as 1, white is zero."""
    for file in masks(hearts(root)):
        tifffile.imwrite(file.with_suffix(".tif"), pixels(file) == 0)
        file.unlink()
    return of_hearts(root)


@trouble("palette with white at 0", READ)
def white_palette(root: Path) -> Asked:
    """PNG with a palette: index 0 white, 1 black."""
    for file in masks(hearts(root)):
        image = Image.fromarray(pixels(file), "P")
        image.putpalette([255, 255, 255, 0, 0, 0])
        image.save(file)
    return of_hearts(root)


@trouble("all masks black", ERROR, "no mask of the test set holds foreground")
def all_black(root: Path) -> Asked:
    """Every mask is 0 everywhere."""
    change(masks(hearts(root)), np.zeros_like)
    return of_hearts(root)


@trouble("8 of 40 masks empty", NOTE, "8 masks hold none of the chosen structure")
def some_empty(root: Path) -> Asked:
    """Eight masks are 0 everywhere."""
    change(masks(hearts(root))[::5], np.zeros_like)
    return of_hearts(root)


@trouble("polarity swapped", NOTE, "40 of 40 masks: foreground in more than half .* inverted\\?")
def swapped_polarity(root: Path) -> Asked:
    """Foreground is 0, background 1, in every mask."""
    change(masks(hearts(root)), lambda mask: 1 - mask)
    return of_hearts(root)


@trouble("polarity swapped in some", NOTE, "4 of them along the border .* as inverted masks would")
def swapped_in_four(root: Path) -> Asked:
    """Foreground and background swapped in four masks."""
    change(masks(hearts(root))[::10], lambda mask: 1 - mask)
    return of_hearts(root)


@trouble("a rim of 255 beside 1", NOTE, "40 of 40 masks hold both 1 and 255")
def rim(root: Path) -> Asked:
    """Pascal VOC: a rim of 255 around a structure of 1."""

    def rimmed(mask: np.ndarray) -> np.ndarray:
        wide = np.asarray(Image.fromarray(mask).filter(ImageFilter.MaxFilter(3)))
        return np.where(wide > mask, 255, mask).astype(np.uint8)

    change(masks(hearts(root)), rimmed)
    return of_hearts(root)


@trouble("0 and 1 in some, 0 and 255 in others", READ)
def two_ways(root: Path) -> Asked:
    """Every other mask is written as 0 and 255."""
    change(masks(hearts(root))[::2], lambda mask: mask * np.uint8(255))
    return of_hearts(root)


@trouble("masks of 0, 1, 2 where one structure is expected", ERROR, "values 2 .*; add dataset.structures.NAME=2 if")
def three_values(root: Path) -> Asked:
    """A set of two structures, checked with the defaults of dataset=folder."""
    return of_hearts(cells(root), patient_pattern=None)


@trouble("a stray value", ERROR, "holds the values 7 \\(1 px\\); allowed are 0, 1")
def stray(root: Path) -> Asked:
    """One pixel of one mask is 7."""

    def touched(mask: np.ndarray) -> np.ndarray:
        mask = mask.copy()
        mask[0, 0] = 7
        return mask

    change(masks(hearts(root))[:1], touched)
    return of_hearts(root)


@trouble("masks saved as JPEG", ERROR, "allowed are 0, 1, 255; .*if edges are blurred, save masks as PNG")
def as_jpeg(root: Path) -> Asked:
    """0 and 255, saved as JPEG."""
    change(masks(hearts(root)), lambda mask: mask * np.uint8(255), ".jpg")
    return of_hearts(root)


@trouble("masks saved as JPEG, imported", NOTE, "shades, as JPEG or resizing leaves them: values from 128 on are taken")
def imported_jpeg(root: Path) -> Asked:
    """0 and 255, saved as JPEG, in a folder of its own."""
    change(masks(hearts(root)), lambda mask: mask * np.uint8(255), ".jpg")
    return Asked("folder", {"root": str(root)}, "import")


@trouble("grey edges", ERROR, "if edges are blurred, save masks as PNG, resized by nearest")
def blurred(root: Path) -> Asked:
    """0 and 255, enlarged by bilinear interpolation and reduced again."""

    def resized(mask: np.ndarray) -> np.ndarray:
        image = Image.fromarray(mask * np.uint8(255)).resize((150, 150), Image.Resampling.BILINEAR)
        return np.asarray(image.resize((96, 96), Image.Resampling.BILINEAR))

    change(masks(hearts(root)), resized)
    return of_hearts(root)


@trouble("probabilities as masks", ERROR, "has the colour mode F, not label values")
def probabilities(root: Path) -> Asked:
    """Floats of 0 to 1 as TIFF."""
    for file in masks(hearts(root)):
        tifffile.imwrite(file.with_suffix(".tif"), pixels(file).astype(np.float32) * 0.9)
        file.unlink()
    return of_hearts(root)


@trouble("probabilities as masks of 8 bits", ERROR, "if edges are blurred, save masks as PNG")
def probabilities_of_8_bits(root: Path) -> Asked:
    """A blurred mask times 255, as a network gives it out."""

    def soft(mask: np.ndarray) -> np.ndarray:
        return np.asarray(Image.fromarray(mask * np.uint8(255)).filter(ImageFilter.GaussianBlur(4)))

    change(masks(hearts(root)), soft)
    return of_hearts(root)


@trouble("black and white masks in three channels", READ)
def white_in_colour(root: Path) -> Asked:
    """RGB files that hold 0 and 255 in each channel."""
    change(masks(hearts(root)), lambda mask: np.stack([mask * np.uint8(255)] * 3, axis=-1))
    return of_hearts(root)


@trouble("masks in undeclared colours", ERROR, "holds the values #ff0000 .*'dataset.structures.NAME=\"#ff0000\"'")
def red(root: Path) -> Asked:
    """RGB files whose foreground is red."""
    change(masks(hearts(root)), lambda mask: np.stack([mask * np.uint8(255), 0 * mask, 0 * mask], axis=-1))
    return of_hearts(root)


@trouble("transparent masks", ERROR, "alpha channel")
def transparent(root: Path) -> Asked:
    """RGBA files: the background is transparent."""
    change(masks(hearts(root)), lambda mask: np.stack([mask * np.uint8(255)] * 4, axis=-1))
    return of_hearts(root)


@trouble("masks of another size", ERROR, "has 48 x 48 pixels, its image has 96 x 96")
def half_size(root: Path) -> Asked:
    """Every other pixel of each mask."""
    change(masks(hearts(root)), lambda mask: np.ascontiguousarray(mask[::2, ::2]))
    return of_hearts(root)


@trouble("16-bit masks", READ)
def of_16_bits(root: Path) -> Asked:
    """0 and 1 as 16-bit PNG."""
    change(masks(hearts(root)), lambda mask: mask.astype(np.uint16))
    return of_hearts(root)


@trouble("numbers of objects as masks", ERROR, "set dataset.above_zero=true if values number objects")
def numbered(root: Path) -> Asked:
    """Values 1 to 20, one for each strip of the structure."""
    strips = np.arange(96, dtype=np.uint8)[:, None] // 2 + 1
    change(masks(hearts(root)), lambda mask: mask * strips)
    return of_hearts(root)


@trouble("images as masks", ERROR, "more: holds the values .*; allowed are 0, 1, 255")
def images_as_masks(root: Path) -> Asked:
    """dataset.masks names the folder of the images."""
    return of_hearts(hearts(root), masks="images")


@trouble("masks as images", NOTE, "images show nothing but their masks")
def masks_as_images(root: Path) -> Asked:
    """dataset.images names the folder of the masks."""
    return of_hearts(hearts(root), images="masks")


@trouble("one mask for all images", NOTE, "masks are equal")
def same_mask(root: Path) -> Asked:
    """The mask of the first image, copied under every name."""
    first, *others = masks(hearts(root))
    for file in others:
        file.write_bytes(first.read_bytes())
    return of_hearts(root)


@trouble("a structure that no mask holds", ERROR, "no mask of the test set holds core")
def absent_structure(root: Path) -> Asked:
    """structures: {core: [2]}, and 2 is in no mask."""
    return of_hearts(hearts(root), structures={"core": [2], "foreground": [1]}, structure="core")


@trouble("one of two structures is lacking in most masks", NOTE, "masks hold no core")
def rare_structure(root: Path) -> Asked:
    """2 became 1 in thirty of forty masks."""
    change(masks(cells(root))[:30], lambda mask: np.minimum(mask, 1))
    return of_cells(root)
