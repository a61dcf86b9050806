"""Words of a finding know no medium: neither a terminal nor a page."""

from pathlib import Path

import segaug.findings
from tests.test_layers import imports

MEDIA = {"jinja2", "markupsafe", "matplotlib", "rich", "torch"}


def test_no_finding_knows_where_it_is_shown():
    files = sorted(Path(segaug.findings.__path__[0]).glob("*.py"))
    assert {name.partition(".")[0] for file in files for name in imports(file)} & MEDIA == set()
    assert len(files) > 1
