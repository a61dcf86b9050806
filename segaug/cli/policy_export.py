"""What `segaug policy export` writes: one policy, as the start of other trainings."""

import os
import shlex
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

import segaug
from segaug.analysis.policies.cells import PolicyCell
from segaug.analysis.policies.exported import exported
from segaug.errors import ConfigError
from segaug.files import create_exclusive, writing_into
from segaug.findings.phrases import counted
from segaug.policy_file import is_file, policy_bytes
from segaug.results.keys import CELL


def new_file(args: Namespace) -> Path | None:
    """Where to write, before anything is read; None: nothing is exported.  Raises ConfigError where it cannot be."""
    if args.action == "show":
        if args.out:
            raise ConfigError(key="--out", problem="is of export", fix="leave it out; show writes into the study")
        return None
    if args.json or args.csv:
        raise ConfigError(key="--json" if args.json else "--csv", problem="is of show", fix="leave it out")
    if not args.out:
        raise ConfigError(key="--out", problem="is not set", fix="name a new file, such as --out mine.json")
    out = Path(args.out).expanduser()
    if not is_file(out.name):
        raise ConfigError(key="--out", problem=f"{out.name} does not end in .json", fix=f"write {out.name}.json")
    if os.path.lexists(out):
        raise _there(out)
    if not out.parent.is_dir():
        raise ConfigError(key="--out", problem=f"there is no folder {out.parent}", fix="make it, or choose another one")
    return out


def export(out: Path, study: Path, cells: Sequence[PolicyCell]) -> str:
    """Write the one that is chosen; returns what to say of it.  Raises ConfigError where there are several."""
    cell = _only(cells)
    origin = {
        "study": study.resolve().name,
        **dict(zip(CELL, cell.key, strict=True)),
        "seeds": list(cell.seeds),
        "of": "the last policies, mean over these seeds",
        "classes": [policy.name for policy in cell.classes],
        "made_by": f"segaug {segaug.__version__}",
    }
    with writing_into(out.parent):
        written = create_exclusive(out, policy_bytes(exported(cell), cell.axes, origin))
    if not written:
        raise _there(out)
    start = shlex.join(["segaug", "train", "augment=policy_heuristic", f"augment.start={out}"])
    return f"wrote {out}: {cell.where}, mean of {counted(len(cell.seeds), 'seed')}\nstart from it: {start}"


def _only(cells: Sequence[PolicyCell]) -> PolicyCell:
    for place, name in enumerate(CELL):
        values = sorted({cell.key[place] for cell in cells})
        if len(values) > 1:
            told = ", ".join(map(str, values))
            problem = f"is not set, and there are policies of several: {told}"
            raise ConfigError(key=f"--{name}", problem=problem, fix="choose one")
    (cell,) = cells
    return cell


def _there(out: Path) -> ConfigError:
    return ConfigError(key="--out", problem=f"{out} is there already", fix="name a file that is not, or remove it")
