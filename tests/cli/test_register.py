"""`segaug register`: what it writes and prints for two files, and what it says when it cannot."""

import re

import numpy as np
import pytest
from PIL import Image

from segaug.cli.main import main
from segaug.data import readers
from segaug.registration.modes import Modes
from segaug.registration.momentum_file import load_momentum
from tests.registration.examples import blob


def save(path, pixels):
    Image.fromarray(pixels).save(path)
    return str(path)


def picture(size=(40, 52), centre=(0.5, 0.45), radii=(0.25, 0.2)):
    return np.round(255 * blob(size, centre, radii)[0, 0].numpy()).astype(np.uint8)


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Two images and a mask of the first, in the current folder."""
    monkeypatch.chdir(tmp_path)
    save("moving.png", picture())
    save("fixed.png", picture(centre=(0.45, 0.5), radii=(0.2, 0.27)))
    save("mask.png", np.where(picture() > 128, 3, 0).astype(np.uint8))
    return tmp_path


def refusal(capsys, *words):
    """The one line that a command ends with."""
    assert main(["register", *words]) == 2
    shown = capsys.readouterr().err
    assert shown.count("\n") == 1
    return shown


def test_it_writes_image_mask_momentum_and_figure(files, capsys):
    assert main(["register", "moving.png", "fixed.png", "--mask", "mask.png"]) == 0
    folder = files / "registration_moving_fixed"
    written = ["mask.png", "momentum.safetensors", "registration.png", "warped.png"]
    assert sorted(path.name for path in folder.iterdir()) == written
    moving, fixed, warped, mask = (
        np.asarray(Image.open(path)).astype(int)
        for path in ("moving.png", "fixed.png", folder / "warped.png", folder / "mask.png")
    )
    assert np.abs(warped - fixed).mean() < 0.5 * np.abs(moving - fixed).mean()
    assert set(np.unique(mask)) == {0, 3}
    assert ((mask > 0) == (fixed > 128)).mean() > 0.95
    assert load_momentum(folder / "momentum.safetensors").modes == Modes((40, 52))
    shown = capsys.readouterr().out
    unlike = re.search(r"1 - local correlation +(\S+) -> (\S+)", shown)
    assert float(unlike[2]) < float(unlike[1])
    for words in ("moving.png -> fixed.png, 40 x 52 pixels", "(no fold)", "not needed", " px, largest ", str(folder)):
        assert words in shown


def test_options_reach_the_registration(files, capsys):
    words = ["--similarity", "ssd", "--sigma", "0.5", "--k", "4", "--ell", "0.2", "--affine", "--out", "a/b"]
    assert main(["register", "moving.png", "fixed.png", *words]) == 0
    stored = load_momentum(files / "a/b/momentum.safetensors")
    assert stored.modes == Modes((40, 52), k=4, ell=0.2)
    assert stored.affine is not None
    assert "mean squared difference" in capsys.readouterr().out


def test_images_of_different_sizes_are_padded_only_when_asked(files, capsys):
    save("fixed.png", picture((44, 48)))
    shown = refusal(capsys, "moving.png", "fixed.png")
    assert "40 x 52 and 44 x 48 pixels (rows x columns)" in shown
    assert "--pad" in shown
    assert not (files / "registration_moving_fixed").exists()
    assert main(["register", "moving.png", "fixed.png", "--pad", "--mask", "mask.png"]) == 0
    for name in ("warped.png", "mask.png"):
        assert Image.open(files / "registration_moving_fixed" / name).size == (52, 44)


BAD_FILES = {
    "text.png": (b"no image", "cannot be decoded"),
    "empty.png": (b"", "cannot be decoded"),
    "table.csv": (b"a,b", "unknown suffix"),
    "constant.png": (np.full((40, 52), 9, np.uint8), "the same value in every pixel"),
    "nan.tif": (np.full((40, 52), np.nan, np.float32), "NaN or infinite values"),
    "tiny.png": (picture((4, 52)), "at least 8 pixels a side"),
}


@pytest.mark.parametrize("name", BAD_FILES)
@pytest.mark.parametrize("role", ["moving", "fixed"])
def test_a_file_that_cannot_be_registered_is_named(files, capsys, name, role):
    content, problem = BAD_FILES[name]
    if isinstance(content, bytes):
        (files / name).write_bytes(content)
    else:
        save(name, content)
    shown = refusal(capsys, *([name, "fixed.png"] if role == "moving" else ["moving.png", name]))
    assert name in shown
    assert problem in shown


def test_what_is_no_file_is_named(files, capsys):
    assert "nothing.png: does not exist" in refusal(capsys, "moving.png", "nothing.png")
    assert f"{files}: is a folder" in refusal(capsys, str(files), "fixed.png")
    assert "gone.png: does not exist" in refusal(capsys, "moving.png", "fixed.png", "--mask", "gone.png")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--sigma", "0"), "sigma: got 0.0; use a number above 0"),
        (("--k", "99"), "k: got 99; use 1 to 32"),
        (("--mask", "other.png"), "other.png: has 40 x 50 pixels, moving.png has 40 x 52"),
        (("--out", "taken"), "taken: cannot be written (File exists); choose a folder of yours with --out"),
        (("--out", "taken/below"), "taken/below: cannot be written (Not a directory)"),
    ],
)
def test_options_that_do_not_fit_are_refused_before_anything_is_written(files, capsys, words, said):
    save("other.png", picture((40, 50)))
    (files / "taken").write_text("")
    assert said in refusal(capsys, "moving.png", "fixed.png", *words)
    assert not list(files.glob("registration*"))


def test_values_that_are_no_numbers_are_refused(files, capsys, monkeypatch):
    def read(path):
        pixels = np.asarray(Image.open(path)).astype(np.float32)
        pixels[3, 4] = np.nan
        return pixels

    monkeypatch.setitem(readers.READERS, ".png", readers.READERS[".png"]._replace(image=read))
    assert "moving.png: holds NaN" in refusal(capsys, "moving.png", "fixed.png")


def test_labels_of_16_bit_stay_whole(files):
    save("mask.png", np.where(picture() > 128, 40000, 0).astype(np.uint16))
    assert main(["register", "moving.png", "fixed.png", "--mask", "mask.png"]) == 0
    assert set(np.unique(np.asarray(Image.open("registration_moving_fixed/mask.png")))) == {0, 40000}


def test_nothing_half_written_stays_when_the_disk_is_full(files, capsys, monkeypatch):
    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("segaug.files.os.fsync", full)
    assert "No space left on device" in refusal(capsys, "moving.png", "fixed.png")
    assert not list((files / "registration_moving_fixed").iterdir())


def test_an_image_in_colour_is_registered_by_its_grey_and_deformed_in_colour(files, capsys):
    grey = picture()
    save("grey.png", grey)
    save("colour.png", np.stack([grey] * 3, axis=-1))
    for name in ("grey", "colour"):
        assert main(["register", f"{name}.png", "fixed.png", "--out", name]) == 0
    in_grey, in_colour = (np.asarray(Image.open(files / name / "warped.png")) for name in ("grey", "colour"))
    assert in_colour.shape == (*in_grey.shape, 3)
    assert np.abs(in_colour.astype(int) - in_grey[..., None]).max() <= 1  # one is scaled to 0..1 on the way
    stored = [load_momentum(files / name / "momentum.safetensors") for name in ("grey", "colour")]
    assert (stored[0].momentum == stored[1].momentum).all()
    assert stored[0].moving.sha256 == stored[1].moving.sha256


def test_colours_move_as_they_are(files):
    moving = np.stack([picture(), np.full((40, 52), 40, np.uint8), 255 - picture()], axis=-1)
    save("colour.png", moving)
    save("fixed.png", picture((44, 48)))
    assert main(["register", "colour.png", "fixed.png", "--pad", "--out", "out"]) == 0
    warped = np.asarray(Image.open(files / "out/warped.png")).astype(int)
    assert warped.shape == (44, 52, 3)
    assert (warped[..., 1] == 40).all()
    assert np.abs(warped[..., 0] + warped[..., 2] - 255).max() <= 1
