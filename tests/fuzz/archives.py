"""Targets that are archives: each is refused, or becomes a folder of plain files, and nothing is written beside it."""

import io
import shutil
import tarfile
import zipfile
from pathlib import Path

from hypothesis import strategies as st

from segaug.data.fetch.archive import unpack
from tests.fuzz.mutations import spoiled
from tests.fuzz.target import Target

FILES = {"top/a.txt": b"a" * 40, "top/b/c.txt": bytes(range(64)), "__MACOSX/._a": b"x"}


def _zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in FILES.items():
            archive.writestr(name, content)
    return made.getvalue()


def _tar(kind: str) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=f"w:{kind}") as archive:
        for name, content in {**FILES, f"top/{'long' * 40}.txt": b"l"}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def _read(folder: Path, name: str, data: bytes) -> None:
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    (home / name).write_bytes(data)
    try:
        unpack(home / name, home / "new")
    finally:
        assert {path.name for path in home.iterdir()} <= {name, "new"}
    assert not any(path.is_symlink() or not (path.is_file() or path.is_dir()) for path in home.rglob("*"))


def _target(name: str, file: str, data: bytes) -> Target:
    def inputs() -> st.SearchStrategy[bytes]:
        return spoiled([data])

    return Target(name, inputs, lambda folder, content: _read(folder, file, content), 0.4)


ARCHIVES = [
    _target("archive of zip", "a.zip", _zip()),
    _target("archive of tar", "a.tar", _tar("")),
    _target("archive of tar in gzip", "a.tar.gz", _tar("gz")),
]
