"""Errors that a user can cause and can fix: each is one sentence naming the place, the problem and the fix."""


class UserError(Exception):
    """Base of every error that is shown as one line, without a traceback."""

    exit_code = 2  # of the command that it ends

    def __reduce__(self) -> tuple[object, ...]:
        """From one process to another, whatever arguments its kind is made with."""
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[UserError], said: tuple[object, ...], facts: dict[str, object]) -> UserError:
    error = kind.__new__(kind, *said)
    error.__dict__.update(facts)
    return error


class ConfigError(UserError):
    """A configuration value is wrong."""

    def __init__(self, *, key: str, problem: str, fix: str, file: str = "") -> None:
        where = f"{key} in {file}" if file else key
        super().__init__(f"{where}: {problem}; {fix}")
        self.key, self.problem, self.fix = key, problem, fix


class DataError(UserError):
    """A file on disk (image, mask, table, record, cache, folder) is missing or wrong."""

    def __init__(self, *, file: object, problem: str, fix: str) -> None:
        super().__init__(f"{file}: {problem}; {fix}")
        self.file, self.problem, self.fix = str(file), problem, fix
