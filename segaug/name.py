"""Names of tasks, networks, strategies and structures: text that a terminal, a page and a table may show as it is."""

import re
from typing import Annotated

from msgspec import Meta

# C0, delete and C1; what breaks a line; what lets a text read as another one; what is no text, and no XML may hold.
FORBIDDEN = r"\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
PATTERN = rf"^[^{FORBIDDEN}]+(?![\s\S])"  # $ would let a last line break pass; JSON Schema knows no \Z
_NAME = re.compile(PATTERN)
RULE = "one or more characters, none of them a control character, a line break or a change of direction"

Name = Annotated[str, Meta(pattern=PATTERN, description=f"a name: {RULE}")]


def is_name(text: str) -> bool:
    """Is it a `Name`?  For names that come from elsewhere than JSON, such as options and folders."""
    return _NAME.match(text) is not None
