"""`make mutants` draws fairly, tells what is caught from what survives, and leaves the working tree alone."""

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.mutants.mutant import Mutant, promises, sampled
from tests.mutants.room import ROOMS
from tests.mutants.survivors import Verdict
from tests.mutants.warm import OVER, exit_code
from tests.mutants.working_copy import FAILED, PASSED, copied

ROOT = Path(__file__).parents[2]
PLACES = [
    Mutant("file.py", (line, 0), (line, 1), f"operator {variant}", line) for line in range(8) for variant in range(line)
]


def test_the_same_seed_draws_the_same_mutants_and_another_draws_others():
    assert sampled(PLACES, 4, "0") == sampled(PLACES[::-1], 4, "0")
    assert len({tuple(sampled(PLACES, 4, str(seed))) for seed in range(20)}) > 10


def test_a_place_with_many_variants_is_drawn_no_more_often_than_others():
    drawn = Counter(mutant.start[0] for seed in range(1400) for mutant in sampled(PLACES, 2, str(seed)))
    assert set(drawn) == set(range(1, 8))
    assert all(320 < count < 480 for count in drawn.values()), "400 expected, standard deviation 17"
    assert len(sampled(PLACES, 99, "0")) == 7, "no place twice"


def test_promises_are_found_and_values_are_not():
    source = "x: int | None = 3 | 4\ndef f(a: str | int, b=1 | 2) -> int | str:\n    return a | b\n"
    source += "@dataclass(frozen=True, eq=False)\nclass C:\n    c: bool = True\n"
    lines = source.splitlines()
    found = [(start[0], lines[start[0] - 1][start[1] : end[1]]) for start, end in promises(source)]
    assert sorted(found) == [
        (1, "int | None"), (2, "int | str"), (2, "str | int"), (4, "True"), (6, "bool"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ROOMS)
def test_every_room_has_code_and_tests(name):
    room = ROOMS[name]
    codes = sorted(file.relative_to(ROOT).as_posix() for file in (ROOT / room.code).rglob("[a-z]*.py"))
    assert codes
    assert all((ROOT / folder).is_dir() for folder in room.tests)
    first, last = room.test_files(ROOT, codes[0]), room.test_files(ROOT, codes[-1])
    assert first
    assert sorted(first) == sorted(last), "all of them, in another order"


def test_the_law_answers_for_itself_and_not_what_builds_on_it():
    files = ROOMS["law"].test_files(ROOT, "segaug/analysis/law/noise.py")
    assert "segaug.analysis.law.noise" in (ROOT / files[0]).read_text()
    texts = {file: (ROOT / file).read_text() for file in files}
    assert not [file for file, text in texts.items() if "segaug.analysis.planning" in text]
    assert "tests/analysis/comparison/test_sign_flips.py" not in files


@pytest.mark.parametrize(
    ("test", "said"), [("assert True", PASSED), ("assert False", FAILED), ("import time; time.sleep(60)", OVER)]
)
def test_passing_failing_and_endless_tests_are_told_apart(tmp_path, test, said):
    (tmp_path / "test_it.py").write_text(f"def test_it():\n    {test}\n")
    limit_seconds = 1.0 if said == OVER else 60.0
    assert exit_code(["-q", "-p", "no:cacheprovider", "-c", "/dev/null", str(tmp_path)], limit_seconds) == said


def test_only_a_mutant_that_passes_all_tests_survives_and_is_shown_with_its_difference():
    mutant = Mutant("segaug/rng.py", (12, 4), (12, 5), "core/NumberReplacer", 0)
    shown = {code: str(Verdict(mutant, "-    1\n+    2", code, 1.0)) for code in (PASSED, FAILED, OVER, 2)}
    assert [code for code, text in shown.items() if "+    2" in text] == [PASSED]
    assert all(text.startswith("segaug/rng.py:12  ") for text in shown.values())


def test_what_is_changed_in_the_copy_stays_there_and_decides_its_tests(tmp_path):
    (tmp_path / "segaug").mkdir()
    (tmp_path / "tests/mutants").mkdir(parents=True)
    (tmp_path / "tests/mutants/warm.py").write_text(
        (ROOT / "tests/mutants/warm.py").read_text().replace("SLOW:", "():")
    )
    (tmp_path / "segaug/__init__.py").touch()
    (tmp_path / "segaug/one.py").write_text("ONE = 1\n")
    (tmp_path / "tests/test_one.py").write_text(
        "from segaug.one import ONE\n\n\ndef test_one():\n    assert ONE == 1\n"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\naddopts = --import-mode=importlib\n")
    (tmp_path / ".gitignore").write_text("ignored\n")
    (tmp_path / "ignored").touch()
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with copied(tmp_path) as copy:
        assert not (copy.root / "ignored").exists()
        assert copy.exit_code(["tests/test_one.py"], 60)[0] == PASSED
        (copy.root / "segaug/one.py").write_text("ONE = 2\n")
        assert copy.exit_code(["tests/test_one.py"], 60)[0] == FAILED, "of the same size, in the same second"
        (copy.root / "segaug/one.py").write_text("ONE = 1\n")
        assert copy.exit_code(["tests/test_one.py"], 60)[0] == PASSED
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert not copy.root.exists()


def test_the_tool_is_pinned_and_has_an_environment_of_its_own():
    recipe = re.search(r"^mutants:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)[1]
    assert re.search(r"\$\(VENV\)/mutants/bin/pip install .*cosmic-ray==[\d.]+", recipe)
    assert not [name for name in ("pyproject.toml", "constraints.txt") if "cosmic" in (ROOT / name).read_text()]
    assert "mutants" not in (ROOT / ".ci/run").read_text()
