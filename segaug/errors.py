"""Errors that a user can cause and can fix: each is one sentence naming the place, the problem and the fix."""


class UserError(Exception):
    """Base of every error that is shown as one line, without a traceback."""

    exit_code = 2  # of the command that it ends


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
        self.file, self.problem = str(file), problem
