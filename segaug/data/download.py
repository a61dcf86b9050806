"""One file that whoever published a data set offers: where, and how it is known to be the right one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

from segaug.errors import ConfigError

UNPACKED = (".zip", ".tar", ".tar.gz", ".tgz")  # by us; all else is kept as it is, and 7z archives by their own program
KEY = "dataset.downloads"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(?::\d+)?/[\x21-\x7e]*")


@dataclass(frozen=True, kw_only=True)
class Download:
    """Of the name under which `Described.downloads` lists it; raises ConfigError for any address but https."""

    address: str = ""  # of the file itself; "": it is not known, or not offered by https, and is fetched by hand
    sha256: str = ""  # of its bytes, as whoever published it, or a public loader, states it
    into: str = ""  # folder below that of the data set; "": right there

    def __post_init__(self) -> None:
        if self.address and not _ADDRESS.fullmatch(self.address):
            problem = f"got {self.address!r}"
            raise ConfigError(key=f"{KEY}.address", problem=problem, fix="use an address of https://")
        if not _SHA256.fullmatch(self.sha256):
            fix = "write the 64 digits of sha256sum, in lower case: what has no digest is not fetched"
            raise ConfigError(key=f"{KEY}.sha256", problem=f"got {self.sha256!r}", fix=fix)


def downloads_of(listed: Mapping[str, Mapping[str, str]]) -> dict[str, Download]:
    """Those that `Described.downloads` lists, by name; raises ConfigError for one that is no `Download`."""
    known = [field.name for field in fields(Download)]
    for name, options in listed.items():
        if unknown := [option for option in options if option not in known]:
            fix = f"choose from: {', '.join(known)}"
            raise ConfigError(key=f"{KEY}[{name}].{unknown[0]}", problem="there is no such option", fix=fix)
    return {name: Download(**options) for name, options in listed.items()}
