"""`make lock`: every package of `make setup` with the hashes of all its files, for `make setup LOCKED=1`.

Versions are those of constraints.txt.  Three files, installed one after the other, none with a look for dependencies:
locked-build.txt (what builds segaug and the one package that is offered as source only), locked-main.txt, and
locked-cuda.txt, which only a CUDA build of torch needs.  Wheels that the index does not have (torch's CPU build) are
given as arguments; their hashes stay as long as the version stays.
"""

import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
BUILD = ("setuptools", "hatchling", "editables", "trove-classifiers", "packaging", "pathspec", "pluggy")
CUDA = ("nvidia-", "cuda-", "triton")
HEAD = "# Made by `make lock`; installed by `make setup LOCKED=1`.\n"
Block = tuple[str, str]  # name, and its lines


def resolved(uv: str) -> list[Block]:
    """Every package with its hashes, for all platforms, from the oldest Python on."""
    command = [
        uv, "pip", "compile", "pyproject.toml", "-", "--extra=dev", "--universal", "--python-version=3.11",
        "--generate-hashes", "--constraint=constraints.txt", "--no-annotate", "--no-header", "--quiet",
    ]  # fmt: skip
    done = subprocess.run(
        command, input="hatchling\neditables\nsetuptools\n", text=True, capture_output=True, check=True, cwd=HERE.parent
    )
    blocks = re.split(r"\n(?=[a-z0-9])", done.stdout.strip())
    return [(block.partition("==")[0], block) for block in blocks]


def with_hashes(block: Block, kept: str, wheels: list[Path]) -> str:
    """The lines of a package, with the hashes of wheels at hand and those that were locked for this version."""
    name, lines = block
    version = lines.partition("==")[2].split()[0]
    hashes = set(re.findall(r"sha256:[0-9a-f]{64}", lines))
    before = next((one for one in re.split(r"\n(?=[a-z0-9])", kept) if one.startswith(f"{name}=={version} ")), "")
    hashes |= set(re.findall(r"sha256:[0-9a-f]{64}", before))
    for wheel in wheels:
        if wheel.name.replace("_", "-").lower().startswith(f"{name}-{version}"):
            hashes.add("sha256:" + sha256(wheel.read_bytes()).hexdigest())
    head = lines.partition(" \\\n")[0]
    return " \\\n".join([head, *(f"    --hash={one}" for one in sorted(hashes))])


def main(arguments: list[str]) -> int:
    """Write the three files; arguments: the program uv, and wheels."""
    uv, wheels = arguments[0], [Path(one) for one in arguments[1:]]
    main_file = HERE / "locked-main.txt"
    kept = main_file.read_text() if main_file.exists() else ""
    parts: dict[str, list[str]] = {"build": [], "main": [], "cuda": []}
    for block in resolved(uv):
        name = block[0]
        part = "build" if name in BUILD else "cuda" if name.startswith(CUDA) else "main"
        parts[part].append(with_hashes(block, kept, wheels))
    for part, blocks in parts.items():
        (HERE / f"locked-{part}.txt").write_text(HEAD + "\n".join(blocks) + "\n")
        print(f"dependencies/locked-{part}.txt: {len(blocks)} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
