"""What counts as a change of code: what Python does, not how that is written down."""

import pytest

from segaug.experiment.code.source import read_source

CODE = '''\
"""A module."""

import a.b
from c import d as e

LIMIT = 3  # of something


@e(1, "x")
class One(e.Base):
    """A class."""

    size: int = 1_000

    async def go(self, *others: "One", far=True, **named) -> None:
        """Go."""
        while (n := len(others)) > LIMIT and not far:
            yield f"{n:>{LIMIT}} of" " many" f"{self.size!r}{{}}", *others, b"y", ..., 1e-3, -2j, "\\u00e9"
        match named:
            case {"x": [1, *rest], **more} if rest:
                del more
        try:
            return
        except* (OSError, ValueError) as error:
            raise e from error
'''


@pytest.fixture
def digest(tmp_path):
    def of(code: str) -> str:
        file = tmp_path / f"file{len(list(tmp_path.iterdir()))}.py"
        file.write_text(code)
        return read_source(file).digest

    return of


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"""A class."""', '"""Another text\n\n    of two lines.\n    """'),
        ('        """Go."""\n', ""),
        ("# of something", "# of something else"),
        ("\n\n@e", "\n\n\n# Here it begins.\n@e"),
        ('"x")', "'x',\n)"),
        ("(n := len(others)) > LIMIT and not far", "((n := len(others)) > LIMIT) and (not far)"),
        ("1_000", "1000"),
        ('"One"', "'One'"),
        ("1e-3", "0.001"),
        ('f"{n:>{LIMIT}} of" " many"', 'f"{n:>{LIMIT}} of many"'),
    ],
)
def test_docstrings_comments_and_layout_say_nothing(digest, before, after):
    changed = CODE.replace(before, after)
    assert changed != CODE
    assert digest(changed) == digest(CODE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("LIMIT = 3", "LIMIT = 4"),
        ("LIMIT = 3", "LIMIT = 3.0"),
        ("LIMIT and", "LIMIT or"),
        ("> LIMIT", ">= LIMIT"),
        ("far=True", "far=1"),
        ('b"y"', '"y"'),
        ("{self.size!r}", "{self.size}"),
        (" many", " Many"),
        ("{{}}", "{{ }}"),
        ("-2j", "2j"),
        ("            return\n", "            return 0\n"),
        ("*others,", "others,"),
    ],
)
def test_whatever_python_does_otherwise_counts(digest, before, after):
    changed = CODE.replace(before, after)
    assert changed != CODE
    assert digest(changed) != digest(CODE)


def test_the_digest_is_the_same_in_every_version_of_python(digest):
    """Else an update of Python would look like one of the code; CI runs this with the oldest and the newest."""
    assert digest(CODE) == "a05a412d4a588a134f8f52a9027cf3d3ea066117e640c5d8902230049c65f5f4"


def test_imports_are_named_as_modules_and_as_what_they_may_hold(tmp_path):
    (tmp_path / "file.py").write_text(CODE)
    assert read_source(tmp_path / "file.py").imports == {"a.b", "c", "c.d"}


@pytest.mark.parametrize("broken", [b"def half(", b"\xff\xfe", b"a = 1\0"])
def test_a_file_that_is_being_edited_counts_by_its_bytes(tmp_path, broken):
    (tmp_path / "one.py").write_bytes(broken)
    (tmp_path / "two.py").write_bytes(broken + b" ")
    one, two = (read_source(tmp_path / f"{name}.py") for name in ("one", "two"))
    assert one.digest != two.digest
    assert not one.imports
