import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from segaug.data.readers import MAX_PIXELS, READERS, read_image, read_mask
from segaug.data.rules.values import code
from segaug.errors import DataError

GREY = np.arange(6 * 7, dtype=np.uint8).reshape(6, 7) * 6
RGB = np.stack([GREY, GREY[::-1], GREY[:, ::-1]], axis=-1)


def written(path: Path, pixels: np.ndarray, mode: str | None = None, **options: object) -> Path:
    image = Image.fromarray(pixels)
    (image.convert(mode) if mode else image).save(path, **options)
    return path


@pytest.mark.parametrize("suffix", sorted(set(READERS) - {".jpg", ".jpeg", ".img"}))
@pytest.mark.parametrize("pixels", [GREY, RGB], ids=["grey", "rgb"])
def test_lossless_formats_give_back_the_pixels(tmp_path, suffix, pixels):
    np.testing.assert_array_equal(read_image(written(tmp_path / f"a{suffix}", pixels)), pixels)


def test_jpeg_and_upper_case_suffix(tmp_path):
    smooth = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (64, 1))
    got = read_image(written(tmp_path / "a.JPG", smooth, quality=95))
    assert got.shape == smooth.shape
    assert np.abs(got.astype(int) - smooth).max() <= 8


def test_palette_image_shows_its_colours_and_palette_mask_its_indices(tmp_path):
    indices = np.array([[0, 1], [2, 1]], np.uint8)
    palette = Image.frombytes("P", (2, 2), indices.tobytes())
    palette.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90])
    palette.save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_mask(tmp_path / "a.png"), indices)
    np.testing.assert_array_equal(read_image(tmp_path / "a.png")[1, 0], [70, 80, 90])


def test_one_bit_file_is_black_and_white_as_image_and_0_and_1_as_mask(tmp_path):
    path = written(tmp_path / "a.png", np.eye(5, dtype=np.uint8) * 255, mode="1")
    np.testing.assert_array_equal(read_image(path), np.eye(5) * 255)
    np.testing.assert_array_equal(read_mask(path), np.eye(5))
    assert read_mask(path).dtype == np.uint8


def test_an_rgb_mask_keeps_its_greys_and_gives_each_other_colour_a_number(tmp_path):
    np.testing.assert_array_equal(read_mask(written(tmp_path / "a.png", np.stack([GREY] * 3, axis=-1))), GREY)
    colours = np.array([[[0, 0, 0], [255, 0, 0], [128, 128, 128], [0, 0, 1]]], np.uint8)
    read = read_mask(written(tmp_path / "b.png", colours))
    assert read.tolist() == [[0, code("#ff0000"), 128, code("#000001")]]
    assert (code("#808080"), min(code("#ff0000"), code("#000001")) > 65535) == (128, True)


def test_16_bit_mask_keeps_its_values(tmp_path):
    values = GREY.astype(np.uint16) * 100
    np.testing.assert_array_equal(read_mask(written(tmp_path / "a.png", values)), values)


def png16_rgb() -> bytes:
    """A 2 x 1 PNG of 16 bits per channel, which Pillow cannot write."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 2, 1, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(13))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("big_endian", [False, True])
@pytest.mark.parametrize(("suffix", "kind"), [(".png", "u2"), (".tif", "u2"), (".tif", "i4"), (".tif", "f4")])
def test_grey_images_keep_all_of_their_bits(tmp_path, suffix, kind, big_endian):
    stored = GREY.astype(kind) * 200 - (500 if kind == "i4" else 0)
    if suffix == ".tif":
        tifffile.imwrite(tmp_path / "a.tif", stored, byteorder=">" if big_endian else "<")
    else:
        written(tmp_path / "a.png", stored)
    read = read_image(tmp_path / f"a{suffix}")
    np.testing.assert_array_equal(read, stored)
    assert read.dtype == np.dtype(kind)


def test_32_bits_without_a_sign_have_none(tmp_path):
    stored = np.array([[0, 2**31 + 5]], np.uint32)
    tifffile.imwrite(tmp_path / "a.tif", stored)
    for read in (read_image, read_mask):
        np.testing.assert_array_equal(read(tmp_path / "a.tif"), stored)


@pytest.mark.parametrize("read", [read_image, read_mask])
@pytest.mark.parametrize("layout", ["png", "contig", "separate"])
def test_16_bit_rgb_is_refused(tmp_path, read, layout):
    path = tmp_path / ("a.png" if layout == "png" else "a.tif")
    if layout == "png":
        path.write_bytes(png16_rgb())
    else:
        pixels = np.full((6, 7, 3) if layout == "contig" else (3, 6, 7), 1000, np.uint16)
        tifffile.imwrite(path, pixels, photometric="rgb", planarconfig=layout)
    with pytest.raises(DataError, match=r"more than 8 bits in each of several channels .*; save it as grey"):
        read(path)


@pytest.mark.parametrize("read", [read_image, read_mask])
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_alpha_is_refused_unless_it_is_opaque_everywhere(tmp_path, read, mode):
    channels = {"RGBA": 3, "LA": 1}[mode]
    pixels = np.concatenate([RGB[..., :channels], np.full((6, 7, 1), 255, np.uint8)], axis=-1)
    plain = written(tmp_path / "plain.png", pixels[..., :channels].squeeze())
    np.testing.assert_array_equal(read(written(tmp_path / "opaque.png", pixels)), read(plain))
    pixels[2, 3, -1] = 254
    with pytest.raises(DataError, match=rf"a\.png: has an alpha channel \(mode {mode}\); flatten it"):
        read(written(tmp_path / "a.png", pixels))


@pytest.mark.parametrize("mode", ["L", "P", "1"])
def test_a_transparent_value_counts_where_an_image_shows_it(tmp_path, mode):
    values = np.array([[0, 1, 1, 0]], np.uint8)
    unused, used = (0, 1) if mode == "1" else (9, 1)
    values = values | (mode == "1")  # all white
    image = Image.fromarray(values * (255 if mode == "1" else 1))
    image.putpalette([10, 20, 30] * 10) if mode == "P" else None
    image = image.convert("1") if mode == "1" else image
    image.save(tmp_path / "plain.png")
    image.save(tmp_path / "unused.png", transparency=unused)
    image.save(tmp_path / "used.png", transparency=used)
    np.testing.assert_array_equal(read_image(tmp_path / "unused.png"), read_image(tmp_path / "plain.png"))
    with pytest.raises(DataError, match="alpha channel"):
        read_image(tmp_path / "used.png")
    np.testing.assert_array_equal(read_mask(tmp_path / "used.png"), values)  # what is stored has no other reading


def test_transparent_colour_is_refused(tmp_path):
    with pytest.raises(DataError, match="alpha channel"):
        read_image(written(tmp_path / "a.png", RGB, transparency=(0, 0, 0)))


def test_cmyk_is_refused(tmp_path):
    with pytest.raises(DataError, match="colour mode CMYK; save it as 8-bit grey or RGB"):
        read_image(written(tmp_path / "a.jpg", RGB, mode="CMYK"))
    with pytest.raises(DataError, match="colour mode CMYK, not label values"):
        read_mask(tmp_path / "a.jpg")


def test_several_frames_are_refused(tmp_path):
    frames = [Image.fromarray(GREY), Image.fromarray(GREY)]
    frames[0].save(tmp_path / "a.tif", save_all=True, append_images=frames[1:])
    with pytest.raises(DataError, match=r"a\.tif: holds several frames; save one image per file"):
        read_image(tmp_path / "a.tif")


def test_rotation_left_to_the_viewer_is_refused(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    with pytest.raises(DataError, match="stored rotated"):
        read_image(written(tmp_path / "a.jpg", RGB, exif=exif))


def test_unknown_suffix_and_foreign_content(tmp_path):
    (tmp_path / "a.png").write_text("no image")
    with pytest.raises(DataError, match=r"a\.png: cannot be decoded"):
        read_image(tmp_path / "a.png")
    with pytest.raises(DataError, match=r"a\.gif: has the unknown suffix '.gif'; save it as one of .*\.png"):
        read_mask(tmp_path / "a.gif")


@pytest.mark.parametrize("side", [8_001, 12_000, 30_000], ids=["ours", "warning", "error"])
def test_huge_size_is_refused_before_decoding(tmp_path, side):
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + head
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    idat = b"IDAT" + zlib.compress(b"")
    png += struct.pack(">I", len(idat) - 4) + idat + struct.pack(">I", zlib.crc32(idat))
    (tmp_path / "a.png").write_bytes(png)
    assert side * side > MAX_PIXELS
    with pytest.raises(DataError, match=r"a\.png: is too large to decode safely .*; reduce or tile it"):
        read_image(tmp_path / "a.png")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".tif"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_truncated_file_is_an_error_wherever_it_ends(tmp_path, suffix):
    noise = np.random.default_rng(0).integers(0, 255, (24, 24), dtype=np.uint8)
    whole = written(tmp_path / f"whole{suffix}", noise)
    data, pixels = whole.read_bytes(), read_image(whole)
    refused = 0
    for end in range(0, len(data), 7):
        path = tmp_path / f"cut{suffix}"
        path.write_bytes(data[:end])
        try:
            np.testing.assert_array_equal(read_image(path), pixels)  # only trailing bytes were missing
        except DataError as error:
            assert f"cut{suffix}: cannot be decoded" in str(error)  # noqa: PT017
            refused += 1
    assert refused > 0.9 * len(range(0, len(data), 7))


@given(
    place=st.integers(0, 10_000), value=st.integers(0, 255), suffix=st.sampled_from([".png", ".jpg", ".bmp", ".tif"])
)
@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow, of damaged EXIF data
def test_a_garbled_file_gives_pixels_or_one_clear_error(tmp_path_factory, place, value, suffix):
    buffer = io.BytesIO()
    Image.fromarray(GREY).save(buffer, format=Image.registered_extensions()[suffix])
    data = bytearray(buffer.getvalue())
    data[place % len(data)] = value
    path = tmp_path_factory.getbasetemp() / f"garbled{suffix}"
    path.write_bytes(data)
    for read in (read_image, read_mask):
        try:
            read(path)
        except DataError as error:
            assert str(path) in str(error)  # noqa: PT017


def test_original_files(public_data):
    originals = public_data / "_original_formats"
    assert read_image(originals / "bmp_png/dataset1_001.bmp").shape == (120, 120, 3)
    assert set(np.unique(read_mask(originals / "bmp_png/dataset1_001.png"))) == {0, 128, 255}
    assert read_image(originals / "jpg_1bit_png/Image_01L.jpg").ndim == 3
    assert set(np.unique(read_mask(originals / "jpg_1bit_png/Image_01L_1stHO.png"))) == {0, 1}
    assert set(np.unique(read_mask(originals / "multi_mask_png/benign (100)_mask.png"))) == {0, 1}
    assert set(np.unique(read_mask(originals / "rgb_grey_png/label.dcm.png"))) == {0, 255}
    assert read_image(next((originals / "instance_masks").glob("*/images/*.png"))).ndim == 3  # its alpha is opaque
