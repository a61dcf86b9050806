"""`make lock`: every package of `make setup` with the hashes of its files, for `make setup LOCKED=cpu` (or `cuda`).

Versions are those of constraints.txt.  Three files are installed one after the other, none of them resolved:
locked-build.txt (pip itself, what builds segaug, and what builds the one package that is offered as source only),
locked-main.txt, and torch: locked-cuda.txt, as the default index has it, with what it needs of CUDA, or locked-cpu.txt,
its CPU build.  The wheels of that are given as arguments; pip would prefer the others, which an index has hashes of, if
both were in one file.
"""

import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
BUILD = ("pip", "setuptools", "hatchling", "editables", "trove-classifiers", "packaging", "pathspec", "pluggy")
CUDA = ("nvidia-", "cuda-", "triton", "torch=")
HEAD = "# Made by `make lock`; installed by `make setup LOCKED=cpu` or LOCKED=cuda.\n"
Block = tuple[str, str]  # name, and its lines


def resolved(uv: str) -> list[Block]:
    """Every package with its hashes, for all platforms, from the oldest Python on."""
    command = [
        uv, "pip", "compile", "pyproject.toml", "-", "--extra=dev", "--extra=dashboard", "--universal",
        "--python-version=3.11", "--generate-hashes", "--constraint=constraints.txt", "--no-annotate",
        "--no-header", "--quiet",
    ]  # fmt: skip
    done = subprocess.run(
        command,
        input="hatchling\neditables\npip\nsetuptools\n",
        text=True,
        capture_output=True,
        check=True,
        cwd=HERE.parent,
    )
    blocks = re.split(r"\n(?=[a-z0-9])", done.stdout.strip())
    return [(block.partition("==")[0], block) for block in blocks]


def cpu_torch(block: Block, kept: str, wheels: list[Path]) -> str:
    """torch with the hashes of the wheels at hand, and with those that were locked for this version."""
    pin = block[1].partition(" ")[0]
    before = set(re.findall(r"sha256:[0-9a-f]{64}", kept)) if f"\n{pin} " in kept else set()
    new = {f"sha256:{sha256(wheel.read_bytes()).hexdigest()}" for wheel in wheels if f"{pin}+cpu" in _pin(wheel)}
    return " \\\n".join([pin, *(f"    --hash={one}" for one in sorted(before | new))])


def _pin(wheel: Path) -> str:
    return "==".join(wheel.name.split("-")[:2])


def main(arguments: list[str]) -> int:
    """Write the files; arguments: the program uv, and wheels."""
    uv, wheels = arguments[0], [Path(one) for one in arguments[1:]]
    cpu = HERE / "locked-cpu.txt"
    parts: dict[str, list[str]] = {"build": [], "main": [], "cuda": [], "cpu": []}
    for name, lines in resolved(uv):
        part = "build" if name in BUILD else "cuda" if f"{name}=".startswith(CUDA) else "main"
        parts[part].append(lines)
        if name == "torch":
            parts["cpu"].append(cpu_torch((name, lines), cpu.read_text() if cpu.exists() else "", wheels))
    for part, blocks in parts.items():
        (HERE / f"locked-{part}.txt").write_text(HEAD + "\n".join(blocks) + "\n")
        print(f"dependencies/locked-{part}.txt: {len(blocks)} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
