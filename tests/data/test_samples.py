"""A mask is the numbers that are stored, whatever a viewer shows of them."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from segaug.data.readers import read_image, read_mask
from segaug.errors import DataError

MASK = np.zeros((10, 12), np.uint8)
MASK[2:4, 3:6] = 1
INVERTED = [255 - value for value in range(256) for _ in range(3)]  # a palette: index 0 is white


def packed(bits: int) -> bytes:
    """Values 0, 1, 2 and the largest, of so many bits."""
    values = np.array([0, 1, 2, 2**bits - 1], np.uint8)
    return np.packbits(np.unpackbits(values[:, None], axis=1)[:, -bits:]).tobytes()


def png(bits: int) -> bytes:
    """A grey PNG of one row of `packed`."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 4, 1, bits, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" + packed(bits))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def tiff(bits: int, photometric: int) -> bytes:
    """The same as TIFF, which no library at hand writes with less than 8 bits."""
    tags = {256: 4, 257: 1, 258: bits, 259: 1, 262: photometric, 273: 8, 277: 1, 278: 1, 279: len(packed(bits))}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    data = packed(bits).ljust(4, b"\0")
    return b"II*\0" + struct.pack("<I", 12) + data + struct.pack("<H", len(tags)) + entries + bytes(4)


def by_fiji(path: Path) -> None:
    """0/255 under the inverting lookup table of Fiji: the file says that white is zero, the values stay."""
    tifffile.imwrite(path, MASK * 255, photometric="miniswhite")


def by_tifffile(path: Path) -> None:
    tifffile.imwrite(path, MASK > 0)


def by_pillow(path: Path) -> None:
    Image.fromarray(255 - MASK * 255).save(path, tiffinfo={262: 0}, compression="tiff_lzw")  # it inverts as it writes


def of_16_bits(path: Path) -> None:
    tifffile.imwrite(path, MASK.astype(np.uint16) * 1000, photometric="miniswhite")


@pytest.mark.parametrize(("write", "value"), [(by_fiji, 255), (by_tifffile, 1), (by_pillow, 255), (of_16_bits, 1000)])
def test_a_mask_whose_white_is_zero_keeps_what_is_stored(tmp_path, write, value):
    write(tmp_path / "a.tif")
    np.testing.assert_array_equal(read_mask(tmp_path / "a.tif"), MASK * np.int64(value))


def test_an_image_whose_white_is_zero_is_what_is_shown_or_refused(tmp_path):
    by_fiji(tmp_path / "a.tif")
    np.testing.assert_array_equal(read_image(tmp_path / "a.tif"), 255 - MASK * 255)
    of_16_bits(tmp_path / "b.tif")
    with pytest.raises(DataError, match=r"b\.tif: has more than 8 bits, and white as zero .*; save it with black"):
        read_image(tmp_path / "b.tif")


@pytest.mark.parametrize("suffix", [".png", ".tif", ".bmp"])
@pytest.mark.parametrize("value", [1, 255])
def test_a_palette_with_white_first_does_not_invert_a_mask(tmp_path, suffix, value):
    image = Image.frombytes("P", (12, 10), (MASK * np.uint8(value)).tobytes())
    image.putpalette(INVERTED)
    image.save(tmp_path / f"a{suffix}")
    np.testing.assert_array_equal(read_mask(tmp_path / f"a{suffix}"), MASK * value)


@pytest.mark.parametrize("bits", [2, 4])
def test_few_bits_are_not_spread_over_256_values(tmp_path, bits):
    want = [[0, 1, 2, 2**bits - 1]]
    (tmp_path / "a.png").write_bytes(png(bits))
    assert read_mask(tmp_path / "a.png").tolist() == want
    for photometric in (0, 1):
        (tmp_path / "a.tif").write_bytes(tiff(bits, photometric))
        assert read_mask(tmp_path / "a.tif").tolist() == want
    assert read_image(tmp_path / "a.png").max() == 255


def test_8_bits_with_a_sign_keep_it_in_masks_and_are_refused_in_images(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", MASK.astype(np.int8) * -3)
    assert set(read_mask(tmp_path / "a.tif").ravel().tolist()) == {-3, 0}
    with pytest.raises(DataError, match="has signed values of 8 bits"):
        read_image(tmp_path / "a.tif")
