import pytest

from tests.house.numbers import numbers
from tests.house.repeated import logical_lines, passages
from tests.house.tested import ELSEWHERE, room_of_test

SAID = "\n".join(f"step_{line}(x)" for line in range(6))
AGAIN = "def other(x):\n" + "\n".join(f"    step_{line}(\n        x\n    )  # again" for line in range(6))
FUNCTIONS = """\
def low():
    return 1


def high():
    import segaug.analysis.law.fit

    return 2
"""


def test_a_passage_is_said_twice_however_it_is_broken_and_indented():
    (passage,) = passages({"a.py": f"import math\n\n{SAID}\n", "b.py": AGAIN})
    assert str(passage) == "a.py:3 and b.py:2, 6 lines"


def test_a_run_of_seven_is_one_passage():
    (passage,) = passages({"a.py": f"{SAID}\nlast()", "b.py": f"{SAID}\nlast()\nmore()"})
    assert passage.length == 7


@pytest.mark.parametrize(
    "other", [AGAIN.replace("step_3", "stop"), SAID.removeprefix("step_0(x)\n"), SAID[::-1].replace("\n", "#\n")]
)
def test_what_differs_is_not_said_twice(other):
    assert passages({"a.py": SAID, "b.py": other.replace("#", "").replace(")x(", "() #")}) == []


def test_imports_docstrings_and_comments_say_nothing():
    text = (
        '"""One.\n\nTwo."""\nimport math\nfrom os import (\n    path,\n)\n# three\nx = "four"\ndef f():\n    "five"\n'
    )
    assert list(logical_lines(text)) == [(9, 'x = "four"'), (10, "def f ( ) :")]


@pytest.mark.parametrize(
    ("test", "text", "room"),
    [
        ("analysis/test_fit.py", "", "analysis/law"),  # by the file of its name
        ("analysis/law/test_anything.py", "", "analysis/law"),  # by its folder
        ("analysis/simulated.py", "from segaug.analysis.law.fit import Fit", "analysis/law"),  # by what it imports
        ("analysis/simulated.py", "from segaug.analysis.interval import Interval", "analysis"),
        ("test_rng.py", "", ""),
        ("test_readme.py", "from segaug import rng", ELSEWHERE),
        ("drills/test_signals.py", "from segaug.analysis.law.fit import Fit", ELSEWHERE),
    ],
)
def test_a_test_is_of_a_room(built, test, text, room):
    house = built({"rng.py": "", "analysis/interval.py": "", "analysis/law/fit.py": ""})
    assert room_of_test(house, test, text) == room


def test_numbers_of_a_small_house(built, tmp_path):
    house = built(
        {
            "rng.py": "x = 1\n",
            "analysis/interval.py": FUNCTIONS,
            "analysis/law/fit.py": "from segaug.analysis import interval\n",
        }
    )
    (tmp_path / "tests/analysis").mkdir(parents=True)
    (tmp_path / "tests/analysis/test_interval.py").write_text("a = 1\n\nb = 2\nc = 3\n")
    said = [line.split() for line in numbers(house, tmp_path / "tests").splitlines()]
    assert ["analysis", "1", "1", "0", "5", "3", "0.60"] in said  # files, floors, arrows, lines, of tests, ratio
    assert ["all", "3", "1", "2", "7", "3", "0.43"] in said
    assert ["analysis", "2", "1", "2", "1", "2", "1", "2"] in said  # rooms that are one circle, and their files
    assert ["lines", "of", "a", "function", "4", "4", "4"] in said
    assert ["circles", "of", "files:", "1"] in said
    assert ["analysis/interval.py", "-", "analysis/law/fit.py"] in said
    assert ["passages", "said", "twice", "(6", "lines", "and", "more):", "0"] in said
