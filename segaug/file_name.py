"""Names as names of files: of tasks, models, strategies, structures and studies, whoever wrote them."""

import re
import unicodedata
from hashlib import sha256

_PLAIN = re.compile(r"[a-z0-9_,=()][a-z0-9_.,=()-]*(?<!\.)")
_NO_PLAIN = re.compile(r"[^\w,=()-]+")
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")  # on Windows, whatever stands behind the point
_LONGEST = 100  # letters; file systems allow 255 bytes, with endings and the marks of files that are being written
_KEPT = 40  # letters of a name that had to be changed, of at most four bytes each
_DIGITS = 20  # of the digest: 80 bits


def file_name(name: str) -> str:
    """The name as that of a file or folder: one component of a path, which leads nowhere else.

    A plain name stays as it is: ASCII letters in lower case, digits and _ , = ( ) with . and - inside.  Of any other a
    part is kept, and a digest tells it from all others, also where a file system takes A for a, or one spelling of an
    accent for the other.  So no two names share a file.
    """
    if _PLAIN.fullmatch(name) and not _DEVICE.fullmatch(name) and len(name) <= _LONGEST:
        return name
    kept = _NO_PLAIN.sub("_", unicodedata.normalize("NFC", name))[:_KEPT].lstrip("-") or "_"
    digest = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    return f"{kept}~{digest}"  # no plain name holds a ~
