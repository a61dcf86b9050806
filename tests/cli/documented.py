"""Command lines and settings that documents, comments of config files and messages tell people to type."""

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.here import HOUSE

ROOT = Path(__file__).parents[2]
COMMAND = re.compile(r"(?:\$ )?((?:[A-Z]\w*=\S+ )*segaug [a-z]+(?: .*|$))")
IN_TEXT = re.compile(r"(?<![\"\w/])segaug (?!again|version)[a-z]+(?: [^`\n]*)?")
USAGE_OR_OUTPUT = re.compile(r"\[-|: \d+\.\d+ s\b")  # `[--offline]`, and what a benchmark prints
_KEY = r"[+~]{0,2}(?:dataset|augment|model|protocol|scale|predict|hydra)[\w./]*="
SETTING = re.compile(rf"""(?:"{_KEY}[^"`]*"|'{_KEY}[^'`]*'|{_KEY}'[^'`]*'|{_KEY}[^\s`'")]*[^\s`'"),.;:])""")
SHELL = r"""
segaug() { printf '%s\0' "$@" $'\1' >&9; }
for line in "$@"; do
  case $line in *'$'*) shopt -u failglob;; *) shopt -s failglob;; esac
  printf '%s\0' $'\2' >&9
  (eval "$line") </dev/null >/dev/null
done
"""


@dataclass(frozen=True)
class Told:
    """What somebody is told to type, and where."""

    where: str
    line: str


def documented() -> list[Told]:
    """All of them; a setting alone becomes a command line of `segaug train`."""
    return list(dict.fromkeys([*_of_documents(), *_of_config_files(), *_of_fixes()]))


def _of_documents() -> Iterator[Told]:
    for file in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        text, where = file.read_text(), file.relative_to(ROOT).as_posix()
        for block in re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
            said = ""  # variables that the lines below use
            for line in block.replace("\\\n", " ").splitlines():
                if re.match(r"[A-Z]\w*=\"", line):
                    said += f"{line}; "
                elif (found := COMMAND.fullmatch(line)) and not USAGE_OR_OUTPUT.search(line):
                    yield Told(where, f"{said if '$' in line else ''}{found[1]}")
        for line in re.findall(r"^ {4}((?:\$ )?segaug .*)", text, re.MULTILINE):
            if not USAGE_OR_OUTPUT.search(line):
                yield Told(where, line.removeprefix("$ "))
        for span in re.findall("`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)):
            if found := COMMAND.fullmatch(span):
                if not USAGE_OR_OUTPUT.search(span):
                    yield Told(where, found[1])
            elif SETTING.fullmatch(span):
                yield Told(where, f"segaug train {span}")


def _of_config_files() -> Iterator[Told]:
    for file in sorted([*(ROOT / "conf").rglob("*.yaml"), *(ROOT / "multirun_sweeps").rglob("*.yaml")]):
        where = file.relative_to(ROOT).as_posix()
        text = file.read_text().replace("\\\n#", " ")
        for comment in (line.partition("#")[2] for line in text.splitlines() if "#" in line):
            commands = [re.split("   |;", found)[0] for found in IN_TEXT.findall(comment)]
            yield from (Told(where, command) for command in commands)
            for command in commands:
                comment = comment.replace(command, "")
            yield from (Told(where, f"segaug train {setting}") for setting in SETTING.findall(comment))


def _of_fixes() -> Iterator[Told]:
    """Of texts that are handed on as `fix`; what is put into them stands there as 1."""
    for file, tree in HOUSE.trees.items():
        for text in _fixes(tree):
            for found in IN_TEXT.findall(text):
                yield Told(f"segaug/{file}", found.partition(";")[0])
            yield from (Told(f"segaug/{file}", f"segaug train {one}") for one in SETTING.findall(text))


def _fixes(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        named = isinstance(node, ast.keyword) and node.arg == "fix"
        if named or (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "fix"):
            yield _text(node.value)


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(map(_text, node.values))
    if isinstance(node, ast.IfExp):
        return f"{_text(node.body)} , {_text(node.orelse)}"
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "1"


def words_of(lines: list[str], folder: Path) -> list[list[list[str]]]:
    """Of each line: what `segaug` gets each time that the line starts it; one bash reads all of them in a folder.

    A pattern of file names that fits none is an error there, as it is in zsh.
    """
    if not (bash := shutil.which("bash")):
        pytest.skip("needs bash")
    out = folder / "words"
    with out.open("wb") as file:
        script = f"exec 9>&{file.fileno()}\n{SHELL}"
        subprocess.run(
            [bash, "-c", script, "bash", *lines], cwd=folder, env={"PATH": ""}, pass_fds=[file.fileno()],
            stderr=subprocess.DEVNULL, timeout=60, check=False,
        )  # fmt: skip
    told = out.read_text().split("\2\0")[1:]
    return [[run.split("\0")[:-1] for run in one.split("\1\0")[:-1]] for one in told]
