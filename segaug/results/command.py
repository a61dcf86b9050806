"""The command of a study as its plan keeps it: words of a shell, which are overrides for Hydra."""

import re
import shlex
from collections.abc import Iterable
from pathlib import Path

_OUTPUT = re.compile(r"\+{0,2}output=")


def shown(command: str) -> str | None:
    """A stored command for a user to type again: one command to a shell, whatever it holds; None: it is not ours."""
    words = shlex.split(command)
    return shlex.join(words) if words[:1] == ["segaug"] else None


def writing_into(words: Iterable[str], study: Path) -> list[str]:
    """The words of a command, with this folder in the place of the one that they name."""
    return [*(word for word in words if not _OUTPUT.match(word)), f"output={as_value(str(study))}"]


def as_value(text: str) -> str:
    """Text as Hydra's grammar spells it: in quotes where it would be read as anything else, such as a list or 1.0."""
    from hydra.core.override_parser.overrides_parser import OverridesParser  # slow, and `segaug status` has no need
    from hydra.core.override_parser.types import Quote, QuotedString
    from hydra.errors import HydraException

    try:
        read = OverridesParser.create().parse_override(f"key={text}").value()
    except HydraException:
        read = None
    return text if isinstance(read, str) and read == text else QuotedString(text, Quote.single).with_quotes()
