"""Images that are stored in a way that a choice depends on, or that show nothing."""

from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

from tests.troubles.real_sets import cells, change, hearts, images, masks, of_cells, of_hearts, pixels
from tests.troubles.trouble import ERROR, NOTE, READ, Asked, trouble


@trouble("8 of 40 images blank", NOTE, "8 of 40 images: blank")
def blank(root: Path) -> Asked:
    """Eight images have one grey value, each its own."""
    for place, file in enumerate(images(hearts(root))[::5]):
        change([file], lambda image, grey=place: np.full_like(image, grey))
    return of_hearts(root)


@trouble("12 bits in 16", NOTE, "40 of 40 images have more than 8 bits: grey values from percentile")
def of_12_bits(root: Path) -> Asked:
    """Values times 16 as 16-bit PNG, the usual export of X-ray and MRI."""
    change(images(hearts(root)), lambda image: image.astype(np.uint16) * 16)
    return of_hearts(root)


@trouble("NaN", ERROR, "NaN or infinite")
def not_a_number(root: Path) -> Asked:
    """One pixel of one float TIFF is NaN."""
    _as_float(hearts(root), np.nan)
    return of_hearts(root)


@trouble("infinite values", ERROR, "NaN or infinite")
def infinite(root: Path) -> Asked:
    """One pixel of one float TIFF is infinite."""
    _as_float(hearts(root), np.inf)
    return of_hearts(root)


def _as_float(root: Path, value: float) -> None:
    file, *_ = images(root)
    values = pixels(file).astype(np.float32)
    values[3, 4] = value
    file.unlink()
    tifffile.imwrite(file.with_suffix(".tif"), values)


@trouble("CMYK", ERROR, "has the colour mode CMYK")
def four_inks(root: Path) -> Asked:
    """Images saved as CMYK JPEG, as for print."""
    for file in images(hearts(root)):
        with Image.open(file) as image:
            image.convert("CMYK").save(file.with_suffix(".jpg"))
        file.unlink()
    return of_hearts(root)


@trouble("a rotation that is left to the viewer", ERROR, "EXIF|rotat")
def exif(root: Path) -> Asked:
    """JPEG of a phone: pixels lie on their side, EXIF orientation 6 turns them for display."""
    for file in images(cells(root)):
        tag = Image.Exif()
        tag[0x0112] = 6
        with Image.open(file) as image:
            image.transpose(Image.Transpose.ROTATE_90).save(file.with_suffix(".jpg"), exif=tag, quality=95)
        file.unlink()
    return of_cells(root)


@trouble("several pictures in one file", ERROR, "frames|several")
def several_pages(root: Path) -> Asked:
    """One image is a TIFF of three pages."""
    file, *_ = images(hearts(root))
    tifffile.imwrite(file.with_suffix(".tif"), np.stack([pixels(file)] * 3), photometric="minisblack")
    file.unlink()
    return of_hearts(root)


@trouble("an animation", ERROR, "frames|several")
def animation(root: Path) -> Asked:
    """One image is a PNG of two frames."""
    file, *_ = images(hearts(root))
    with Image.open(file) as image:
        first = image.copy()
    first.save(file, save_all=True, append_images=[first.transpose(Image.Transpose.ROTATE_90)])
    return of_hearts(root)


@trouble("half transparent images", ERROR, "alpha channel")
def half_transparent(root: Path) -> Asked:
    """RGBA with alpha 128 in one corner."""

    def seen_through(image: np.ndarray) -> np.ndarray:
        alpha = np.full(image.shape, 255, np.uint8)
        alpha[:9, :9] = 128
        return np.dstack([image, image, image, alpha])

    change(images(hearts(root)), seen_through)
    return of_hearts(root)


@trouble("opaque alpha", READ)
def opaque(root: Path) -> Asked:
    """RGBA with alpha 255 everywhere."""
    change(images(hearts(root)), lambda image: np.dstack([image] * 3 + [np.full(image.shape, 255, np.uint8)]))
    return of_hearts(root)


@trouble("grey images where colour is asked for", ERROR, "dataset.colour: is true, but every image of the data set is")
def no_colour(root: Path) -> Asked:
    """dataset.colour=true of grey images."""
    return of_hearts(hearts(root), colour=True)


@trouble("some grey images among coloured ones", NOTE, "10 of 40 images are stored grey")
def some_grey(root: Path) -> Asked:
    """Ten of forty images stored with one channel."""
    change(images(cells(root))[::4], lambda image: image[..., 1].copy())
    return of_cells(root)


@trouble("channels of 16 bits", ERROR, "more than 8 bits in each of several channels")
def wide_colour(root: Path) -> Asked:
    """RGB TIFF of 16 bits a channel."""
    for file in images(cells(root)):
        tifffile.imwrite(file.with_suffix(".tif"), pixels(file).astype(np.uint16) * 257, photometric="rgb")
        file.unlink()
    return of_cells(root)


@trouble(
    "long images squeezed to a square", NOTE, "40 of 40 images: more than twice as long as wide \\(up to 32 x 1024"
)
def squeezed(root: Path) -> Asked:
    """Images and masks of 32 x 1024 pixels."""
    for files in (images(hearts(root)), masks(root)):
        change(files, lambda one: np.ascontiguousarray(np.tile(one, (1, 11))[32:64, :1024]))
    return of_hearts(root)


@trouble("tiny images enlarged", NOTE, "40 of 40 images: enlarged more than 4 times .*the smallest from 7 x 9")
def enlarged(root: Path) -> Asked:
    """Images and masks of 7 x 9 pixels."""
    for files in (images(hearts(root)), masks(root)):
        change(files, lambda one: np.ascontiguousarray(one[44:51, 40:49]))
    return of_hearts(root)


@trouble("objects that are lost at the size of the network", NOTE, "lose all of it, .*dataset.size=[0-9]+ would keep")
def dots(root: Path) -> Asked:
    """Objects of 3 x 3 pixels in images of 512 x 512, at size=64."""
    for place, (image, mask) in enumerate(zip(images(hearts(root)), masks(root), strict=True)):
        change([image], lambda one: np.asarray(Image.fromarray(one).resize((512, 512))))
        row, column = np.random.default_rng(place).integers(100, 400, 2)
        dotted = np.zeros((512, 512), np.uint8)
        dotted[row : row + 3, column : column + 3] = 1
        change([mask], lambda _, new=dotted: new)
    return of_hearts(root)


@trouble("a crop that is larger than the images", ERROR, "less than dataset.crop=128")
def large_crop(root: Path) -> Asked:
    """dataset.crop=128 of images of 96 x 96."""
    return of_hearts(hearts(root), crop=128)


@trouble("CT values as 16-bit pictures without a window", NOTE, "more than 8 bits: .*dataset.intensity.window=")
def signed(root: Path) -> Asked:
    """Values from -1024 on as signed TIFF."""
    for file in images(hearts(root)):
        tifffile.imwrite(file.with_suffix(".tif"), pixels(file).astype(np.int16) * 12 - 1024)
        file.unlink()
    return of_hearts(root)


@trouble("a window whose low is above its high", ERROR, "dataset.intensity.window: got .*the lower one first")
def window(root: Path) -> Asked:
    """'dataset.intensity.window=[240,-160]'."""
    return of_hearts(hearts(root), intensity={"window": [240.0, -160.0]})
