import shutil
import subprocess

import pytest

from segaug.experiment import code

IDENTITY = ["-c", "user.name=a", "-c", "user.email=a@b"]


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A copy of the package outside of any repository."""
    home = tmp_path / "project" / "segaug"
    shutil.copytree(code.HOME, home, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(code, "HOME", home)
    code.code_facts.cache_clear()
    yield home
    code.code_facts.cache_clear()


def git(home, *words):
    return subprocess.run(
        ["git", *IDENTITY, *words], cwd=home.parent, check=True, capture_output=True, text=True
    ).stdout


def facts():
    code.code_facts.cache_clear()
    return code.code_facts()


def test_a_copy_outside_of_a_repository_has_a_hash_and_no_commit(package):
    found = facts()
    assert (found["commit"], found["changed"]) == (None, None)
    assert len(found["hash"]) == 16


def test_a_package_that_lies_in_a_foreign_repository_has_no_commit_of_it(package):
    git(package, "init", "-q")
    git(package, "commit", "-q", "--allow-empty", "-m", "theirs")
    assert facts()["commit"] is None


def test_a_checkout_tells_its_commit_and_whether_it_was_changed(package):
    git(package, "init", "-q")
    git(package, "add", ".")
    git(package, "commit", "-q", "-m", "ours")
    assert facts()["commit"] == git(package, "rev-parse", "HEAD").strip()
    assert facts()["changed"] is False
    (package / "rng.py").write_text("")
    assert facts()["changed"] is True


@pytest.mark.parametrize(
    ("file", "decides"), [("augment/red.py", True), ("rng.py", True), ("grey.py", True), ("report/theme.py", False)]
)
def test_the_hash_is_of_the_rooms_that_decide_results(package, file, decides):
    before = facts()["hash"]
    (package / file).write_text((package / file).read_text() + "\n# another line\n")
    assert (facts()["hash"] != before) == decides


def test_every_decisive_room_is_there():
    assert all((code.HOME / name).exists() for name in code.DECISIVE)
