"""The precisions of a processor are read from its flags."""

from pathlib import Path

import pytest

from segaug.experiment.machine.precision import bfloat16_units, cpu_flags


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
