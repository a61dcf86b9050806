"""The package of docs/plugins.md, taken out of the document, is installed by pip into an environment of its own."""

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest

from segaug.results.store import Store
from tests.tiny import TINY

ROOT = Path(__file__).parents[3]
DOCUMENT = ROOT / "docs/plugins.md"
TRIAL = [word for word in TINY if not word.startswith(("dataset", "model"))]
ASK = """\
import sys
from segaug.cli.main import main
for words in {commands}:
    print(">", *words, flush=True)
    print("exit", main(words), flush=True)
"""


def blocks() -> dict[str, str]:
    """File -> what the document writes into it."""
    found: dict[str, str] = {}
    for name, text in re.findall(r"```\w+\n# (\S+)\n(.*?)```", DOCUMENT.read_text(), re.DOTALL):
        found[name] = found.get(name, "") + text
    return found


@pytest.fixture
def python(tmp_path):
    """Of an environment that sees this one's packages, and in which the package of the document is installed."""
    for name, text in {**blocks(), "segaug_brighten/__init__.py": ""}.items():
        file = tmp_path / "segaug-brighten" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    made = tmp_path / "venv/bin/python"
    (packages,) = (tmp_path / "venv/lib").glob("python*/site-packages")
    (packages / "outer.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [sys.executable, "-m", "pip", "--python", made, "install", "--no-index", "--no-build-isolation", "--no-deps"]
    done = subprocess.run(
        [*pip, "-e", "segaug-brighten"], cwd=tmp_path, capture_output=True, text=True, timeout=250, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return made


def write_pairs(folder: Path) -> None:
    """40 patients with a bright disc each."""
    rows, columns = np.indices((32, 32))
    folder.mkdir()
    for number in range(40):
        rng = np.random.default_rng(number)
        disc = (rows - rng.integers(12, 20)) ** 2 + (columns - rng.integers(12, 20)) ** 2 < 64
        np.save(folder / f"p{number:02}_1.npy", (rng.integers(0, 60, disc.shape) + 120 * disc).astype(np.uint8))
        np.save(folder / f"p{number:02}_1_mask.npy", disc.astype(np.uint8))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_package_of_the_document_can_be_installed_asked_and_trained_with(python, tmp_path):
    write_pairs(tmp_path / "pairs")
    of_pairs = [f"dataset.root={tmp_path / 'pairs'}", "dataset.size=32", "dataset.split.min_validation=4"]
    commands = [
        ["doctor"],
        ["contract", "brighten"],
        ["contract", "flat"],
        ["contract", "npy_pairs", *of_pairs],
        ["train", *TRIAL, "dataset=npy_pairs", *of_pairs, "model=flat", "augment=brighten", "output=out"],
    ]
    known = {**os.environ, "PYTHONPATH": str(ROOT), "SEGAUG_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(
        [python, "-c", ASK.format(commands=commands)],
        cwd=tmp_path, env=known, capture_output=True, text=True, timeout=800, check=False,
    )  # fmt: skip
    told = done.stdout + done.stderr
    assert re.findall(r"^exit (\d)", done.stdout, re.MULTILINE)[1:] == ["0"] * 4, told
    assert "segaug-brighten 0.3: augment=brighten, dataset=npy_pairs, model=flat" in told
    assert "broken" not in told
    assert len(re.findall("all [1-9][0-9] promises held", told)) == 3
    (record,) = Store(tmp_path / "out").records()
    assert (record["strategy"], record["model"]) == ("brighten", "flat")
    assert record["run"]["code"]["plugins"] == {"segaug-brighten": "0.3"}


def test_every_file_of_the_document_is_named_once_and_listed():
    text = DOCUMENT.read_text()
    listed = re.findall(r"^  (\S+\.\w+)", text.partition("```\n")[2].partition("```")[0], re.MULTILINE)
    assert {*listed} < {*blocks(), "segaug_brighten/__init__.py"}
    assert len(listed) == 4
