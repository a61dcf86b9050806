"""Importing segaug and asking it for help opens no socket: with sockets disabled, all of it still works."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

NO_SOCKETS = """
import socket, sys
def refuse(*args, **kwargs):
    raise AssertionError(f"a socket was opened: {args}")
for name in ("connect", "connect_ex", "sendto"):
    setattr(socket.socket, name, refuse)
socket.create_connection = socket.getaddrinfo = socket.gethostbyname = refuse
"""
MODULES = [".".join(path.relative_to(Path(__file__).parents[2]).with_suffix("").parts)
           for path in sorted((Path(__file__).parents[2] / "segaug").rglob("*.py"))
           if path.name not in ("__init__.py", "__main__.py")]  # fmt: skip


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", NO_SOCKETS + code]
    own = {"PYTHONPATH": str(Path(__file__).parents[2]), "HOME": str(folder), "SEGAUG_CACHE": str(folder / "cache")}
    env = {**own, "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=250)


@pytest.mark.slow
def test_every_module_and_the_first_commands_work_without_network(tmp_path):
    """In one process, whose imports take seconds."""
    assert len(MODULES) > 200
    commands = "".join(f"codes.append(main({words}))\n" for words in (["doctor"], ["status", "--help"], ["--version"]))
    code = "".join(f"import {name}\n" for name in MODULES) + "from segaug.cli.main import main\ncodes = []\n"
    ending = "".join(
        f"try:\n {line}\nexcept SystemExit as end:\n codes.append(end.code)\n" for line in commands.splitlines()
    )
    done = run(code + ending + "sys.exit(int(any(codes) or len(codes) != 3))", tmp_path)
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-2000:]
    assert "OK    packages" in done.stdout
    assert f"segaug {version('segaug')}" in done.stdout


def test_the_guard_can_fail(tmp_path):
    done = run("socket.create_connection(('localhost', 9))", tmp_path)
    assert "a socket was opened" in done.stderr
