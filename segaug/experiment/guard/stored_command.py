"""What a command may say that is repeated because a study holds it: as much as a file may, for a study is files.

Studies come from colleagues and from the internet, as config files do: see `foreign_file.py`.
"""

import re
from collections.abc import Iterable

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

from segaug.errors import ConfigError
from segaug.experiment.guard.foreign_file import check_values
from segaug.experiment.guard.interpolation import RefusedTextError

_KEY = re.compile(r"[\w./-]+")  # of an option, a group or a package


def check_stored(words: Iterable[str], study: object) -> None:
    """Refuse, by ConfigError, words of a stored command that no file may say; words: overrides of Hydra."""
    for word in words:
        key, _, value = word.partition("=")
        try:
            override = OverridesParser.create().parse_override(word)
            keys = [key for key in (override.key_or_group, override.package) if key]
            if not all(map(_KEY.fullmatch, keys)):
                raise ConfigError(key=key, file=str(study), problem="is no plain key", fix="write it as in augment.p")
            for key in keys:
                check_values(str(study), {key: value})
        except HydraException:
            fix = "type it yourself"
            raise ConfigError(key=word, file=str(study), problem="is no option of a trial", fix=fix) from None
        except RefusedTextError as error:
            raise ConfigError(key=key, file=str(study), problem=str(error), fix="write its value") from error
