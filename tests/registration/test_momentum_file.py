"""A momentum file gives back what was stored; what is damaged, foreign or does not fit is refused by name."""

from dataclasses import replace

import pytest
import torch
from safetensors.torch import save_file

from segaug.errors import DataError
from segaug.registration import momentum_file
from segaug.registration.modes import Modes
from segaug.registration.momentum_file import ImageId, StoredMomentum, load_momentum, save_momentum
from tests.registration.examples import momenta

MODES = Modes((96, 128))


@pytest.fixture
def stored():
    return StoredMomentum(
        momentum=momenta(MODES, 1)[0].float(),
        modes=MODES,
        moving=ImageId("hippocampus_001_021.png", "a" * 64),
        fixed=ImageId("hippocampus_004_017.png", "b" * 64),
        guard_factor=0.93,
        objective=1.25,
        affine=((1.0, 0.1, -3.0), (0.0, 0.9, 2.5)),
    )


@pytest.mark.parametrize("affine", [True, False])
def test_full_precision_comes_back_bit_for_bit(tmp_path, stored, affine):
    stored = stored if affine else replace(stored, affine=None)
    save_momentum(tmp_path / "w.safetensors", stored, torch.float32)
    loaded = load_momentum(tmp_path / "w.safetensors")
    assert torch.equal(loaded.momentum, stored.momentum)
    assert replace(loaded, momentum=stored.momentum) == stored


def test_a_pair_takes_two_and_a_half_kilobytes_and_half_precision(tmp_path, stored):
    path = tmp_path / "w.safetensors"
    save_momentum(path, stored)
    assert path.stat().st_size <= 2560
    loaded = load_momentum(path).momentum
    assert loaded.dtype == torch.float32
    torch.testing.assert_close(loaded, stored.momentum, rtol=1e-3, atol=1e-7)
    assert [file.name for file in tmp_path.iterdir()] == ["w.safetensors"]


def test_every_damaged_byte_is_noticed(tmp_path, stored):
    path = tmp_path / "w.safetensors"
    save_momentum(path, stored)
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        broken = bytearray(whole)
        broken[at] ^= 0x41
        path.write_bytes(broken)
        with pytest.raises(DataError, match=r"w\.safetensors: .*register the pair again"):
            load_momentum(path)


@pytest.mark.parametrize("length", [0, 7, 100, 1500])
def test_a_truncated_file_is_refused(tmp_path, stored, length):
    path = tmp_path / "w.safetensors"
    save_momentum(path, stored)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(DataError, match="damaged"):
        load_momentum(path)


def test_foreign_files_are_refused(tmp_path, stored, monkeypatch):
    path = tmp_path / "w.safetensors"
    with pytest.raises(DataError, match="missing"):
        load_momentum(path)
    path.write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="no momentum file"):
        load_momentum(path)
    save_file({"momentum": torch.zeros(2, 17, 17)}, path)
    with pytest.raises(DataError, match="no momentum file"):
        load_momentum(path)
    with monkeypatch.context() as later:
        later.setattr(momentum_file, "FORMAT", "segaug momentum 2")
        save_momentum(path, stored)
    with pytest.raises(DataError, match="'segaug momentum 2'; this segaug reads 'segaug momentum 1'"):
        load_momentum(path)


@pytest.mark.parametrize(
    ("bad", "problem"), [(torch.zeros(2, 5, 5), "shape"), (torch.full((2, 17, 17), torch.nan), "NaN")]
)
def test_a_momentum_that_cannot_be_shot_is_refused(tmp_path, stored, bad, problem):
    save_momentum(tmp_path / "w.safetensors", replace(stored, momentum=bad))
    with pytest.raises(DataError, match=problem):
        load_momentum(tmp_path / "w.safetensors")


def test_each_pair_of_an_image_comes_back_by_itself(tmp_path, stored):
    pairs = [replace(stored, momentum=w, fixed=ImageId(f"{i}", str(i))) for i, w in enumerate(momenta(MODES, 3))]
    for pair in pairs:
        save_momentum(tmp_path / f"{pair.fixed.name}.safetensors", pair, torch.float32)
    loaded = [load_momentum(tmp_path / f"{i}.safetensors") for i in range(3)]
    assert [one.fixed for one in loaded] == [pair.fixed for pair in pairs]
    assert torch.equal(torch.stack([one.momentum for one in loaded]), momenta(MODES, 3).float())


@pytest.mark.parametrize(
    "change",
    [
        {"modes": Modes((96, 128), ell=0.2)},
        {"modes": Modes((96, 128), s=3.0)},
        {"modes": Modes((128, 96)), "momentum": torch.zeros(2, 17, 17)},
        {"modes": Modes((96, 128), k=2), "momentum": torch.zeros(2, 5, 5)},
        {"moving": ImageId("hippocampus_001_021.png", "c" * 64)},
        {"moving": ImageId("copy.png", "a" * 64)},
    ],
)
def test_a_file_tells_its_space_and_the_image_it_deforms(tmp_path, stored, change):
    """Momenta of another space, or of another image, have no sum that means anything."""
    changed = replace(stored, **change)
    save_momentum(tmp_path / "w.safetensors", changed)
    loaded = load_momentum(tmp_path / "w.safetensors")
    assert (loaded.modes, loaded.moving) == (changed.modes, changed.moving)
    assert (loaded.modes, loaded.moving) != (stored.modes, stored.moving)
