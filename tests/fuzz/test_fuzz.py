"""Whatever the bytes: a valid result, or a UserError that names the file, in bounded time and memory.

Here a few inputs of a fixed seed; `make fuzz` tries others for as long as SEGAUG_FUZZ_SECONDS says, and counts them.
"""

import sys
import warnings

import pytest

from tests.fuzz.archives import ARCHIVES
from tests.fuzz.formats import FORMATS
from tests.fuzz.given import GIVEN
from tests.fuzz.sandbox import sandboxed
from tests.fuzz.stored import STORED
from tests.fuzz.target import attempts

EXAMPLES = 25  # of each target
TARGETS = [*GIVEN, *STORED, *FORMATS, *ARCHIVES]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="bounds of memory are those of Linux")


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_spoiled_input_is_refused_or_read(target, tmp_path):
    examples = max(3, round(EXAMPLES * target.weight))

    def work(begin):
        warnings.simplefilter("ignore")
        attempts(target, tmp_path, examples, 0, begin)

    assert sandboxed(work, tmp_path / "told") >= examples
