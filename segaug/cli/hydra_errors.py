"""Say in one line what Hydra and OmegaConf say in many: the key, what is wrong, and the valid choices."""

import dataclasses
import re
import shlex
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from hydra.errors import HydraException, MissingConfigException, OverrideParseException
from omegaconf.errors import ConfigAttributeError, ConfigKeyError, OmegaConfBaseException

from segaug.cli.parser import choose
from segaug.errors import ConfigError, UserError

_UNQUOTED = re.compile(r"""(\+{0,2}[a-z_][\w./@]*)=([^'"[{][^'"]*)""", re.ASCII | re.IGNORECASE)


@contextmanager
def one_line() -> Iterator[None]:
    """Turn what Hydra or OmegaConf raises inside into a UserError; everything else passes."""
    try:
        yield
    except (HydraException, MissingConfigException, OmegaConfBaseException) as error:
        raise explained(error) from error


def explained(error: Exception) -> UserError:
    """The one-line version of a configuration error."""
    if isinstance(error.__cause__, UserError):  # raised by a check of ours inside of Hydra
        return error.__cause__
    if isinstance(error, MissingConfigException):
        return _unknown_choice(error)
    if isinstance(error, OverrideParseException):
        return _no_override(error)
    cause = error.__cause__ if isinstance(error.__cause__, OmegaConfBaseException) else error
    if not isinstance(cause, OmegaConfBaseException):
        first, *more = str(error).strip().splitlines()
        if "--multirun" in str(error):  # several values, or a range of them, for one trial
            return UserError(f"{first.removesuffix(':')}; to run a trial for each value, add -m: segaug train -m ...")
        return UserError(" ".join([first, *more[:1]]) if first.endswith(":") else first)
    if isinstance(cause, ConfigAttributeError | ConfigKeyError) and dataclasses.is_dataclass(cause.object_type):
        top = () if "." in str(cause.full_key) else ("study",)  # a group of files, and no option
        return _unknown_key(cause, [*top, *(field.name for field in dataclasses.fields(cause.object_type))])
    return ConfigError(
        key=cause.full_key or "config", problem=str(cause).splitlines()[0], fix="see `segaug train --help`"
    )


def _no_override(error: OverrideParseException) -> UserError:
    """Such as `red` for `augment=red`, or a path with letters or signs that Hydra reads only within quotes."""
    from segaug.cli.choices import config_folders, groups

    word = str(error.override)
    if unquoted := _UNQUOTED.fullmatch(word):
        option, value = unquoted.groups()
        fix = f"if it is one text, put quotes around it, and others for the shell: {in_shell(option, value)}"
        return ConfigError(key=option, problem=f"{value!r} cannot be read", fix=fix)
    meant = [f"{group}={word}" for group, options in groups(config_folders(sys.argv)).items() if word in options]
    hint = f"did you mean {' or '.join(meant)}?" if meant else "write OPTION=VALUE, such as augment=red"
    return UserError(f"{word!r} cannot be read; {hint}")


def in_shell(option: str, text: str) -> str:
    """`option=text` as a shell takes it, with the text in quotes for Hydra: "dataset.patient_pattern='^([^_]+)_'"."""
    word = f"{option}='{text}'"
    return shlex.quote(word) if set(word) & set('$`\\"!') else f'"{word}"'


def _unknown_choice(error: MissingConfigException) -> UserError:
    from segaug.experiment.config.schema import REFUSED

    group, _, choice = (error.missing_cfg_file or "").rpartition("/")
    for refused in REFUSED:
        if (group, choice) == (refused.plugin.group, f"base_{refused.plugin.name}"):
            return UserError(str(refused))
    options = [option for option in error.options or () if not option.startswith("base_")]
    return ConfigError(key=group or "config", problem=f"there is no {choice!r}", fix=choose(choice, options))


def _unknown_key(cause: OmegaConfBaseException, keys: Iterable[str]) -> ConfigError:
    key = str(cause.key)
    return ConfigError(key=str(cause.full_key), problem="there is no such option", fix=choose(key, sorted(keys)))
