"""The precisions of a processor are read from its flags."""

from pathlib import Path

import pytest
import torch

from segaug.experiment.machine import precision
from segaug.experiment.machine.precision import bfloat16_units, cpu_flags, emulates_bfloat16


@pytest.mark.parametrize(
    ("flags", "units"),
    [
        ("fpu avx512f", ()),
        ("fpu avx512_bf16", ("AVX512-BF16",)),
        ("amx_bf16 amx_tile avx512_bf16", ("AVX512-BF16", "AMX-BF16")),
    ],
)
def test_flags_name_the_units(flags: str, units: tuple[str, ...], tmp_path: Path) -> None:
    told = tmp_path / "cpuinfo"
    told.write_text(f"processor\t: 0\nflags\t\t: {flags}\n\nflags\t\t: none\n")
    assert bfloat16_units(cpu_flags(told)) == units


def test_no_file_tells_nothing(tmp_path: Path) -> None:
    assert bfloat16_units(cpu_flags(tmp_path / "missing")) == ()


@pytest.mark.parametrize(("flags", "emulated"), [(set(), True), ({"amx_bf16"}, False), ({"avx512_bf16"}, False)])
def test_a_processor_without_a_unit_emulates(flags: set[str], emulated: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "cpu_flags", lambda: flags)
    assert emulates_bfloat16("cpu") is emulated


@pytest.mark.parametrize(("capability", "emulated"), [((7, 5), True), ((8, 0), False), ((9, 0), False)])
def test_a_gpu_emulates_by_its_age(
    capability: tuple[int, int], emulated: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "device_of", torch.device)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    assert emulates_bfloat16("cuda") is emulated
