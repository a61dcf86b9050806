"""Say in one line what Hydra and OmegaConf say in many: the key, what is wrong, and the valid choices."""

import dataclasses
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches

from hydra.errors import HydraException, MissingConfigException
from omegaconf.errors import ConfigAttributeError, ConfigKeyError, OmegaConfBaseException

from segaug.errors import ConfigError, UserError


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
    cause = error.__cause__ if isinstance(error.__cause__, OmegaConfBaseException) else error
    if not isinstance(cause, OmegaConfBaseException):
        return UserError(str(error).strip().splitlines()[0])
    if isinstance(cause, ConfigAttributeError | ConfigKeyError) and dataclasses.is_dataclass(cause.object_type):
        return _unknown_key(cause, [field.name for field in dataclasses.fields(cause.object_type)])
    return ConfigError(
        key=cause.full_key or "config", problem=str(cause).splitlines()[0], fix="see `segaug train --help`"
    )


def _unknown_choice(error: MissingConfigException) -> ConfigError:
    group, _, choice = (error.missing_cfg_file or "").rpartition("/")
    options = [one for one in error.options or () if not one.startswith("base_")]
    return ConfigError(key=group or "config", problem=f"there is no {choice!r}", fix=_choose(choice, options))


def _unknown_key(cause: OmegaConfBaseException, keys: Iterable[str]) -> ConfigError:
    key = str(cause.key)
    return ConfigError(key=str(cause.full_key), problem="there is no such option", fix=_choose(key, sorted(keys)))


def _choose(wrong: str, valid: list[str]) -> str:
    near = get_close_matches(wrong, valid, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{hint}choose from: {', '.join(valid) or '(none)'}"
