"""Tables that a spreadsheet has been through."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from unicodedata import normalize

from tests.troubles.real_sets import hearts, images, masks, of_hearts
from tests.troubles.trouble import ERROR, NOTE, READ, Asked, trouble

FIRST = "SC-HF-I-01_0108"


def _table(root: Path, row: Callable[[str, str], str], header: str = "id,patient", encoding: str = "utf-8") -> Path:
    """row: of the name and the patient of an image."""
    names = [file.stem for file in images(hearts(root))]
    lines = [header, *(row(name, name.rpartition("_")[0]) for name in names)]
    (root / "items.csv").write_text("\n".join(lines) + "\n", encoding=encoding)
    return root


def _of_table(root: Path, **options: Any) -> Asked:
    return of_hearts(root, **{"patient_pattern": None, "table": "items.csv", "patient": "patient", **options})


@trouble("a table of file names", READ)
def file_names(root: Path) -> Asked:
    """The column holds NAME.png."""
    return _of_table(_table(root, lambda name, patient: f"{name}.png,{patient}"))


@trouble("a table of paths", READ)
def paths(root: Path) -> Asked:
    """The column holds paths of Windows, C:\\\\data\\\\images\\\\NAME.png."""
    return _of_table(_table(root, lambda name, patient: f"C:\\data\\images\\{name}.png,{patient}"))


@trouble(
    "lost zeros", ERROR, "calls 0 what is 0000 among the images: zeros were lost, as Excel does; type dataset.id_pad=4"
)
def lost_zeros(root: Path) -> Asked:
    """Images 0000.png to 0039.png, and 0 to 39 in the table."""
    for files in (images(hearts(root)), masks(root)):
        for place, file in enumerate(files):
            file.rename(file.with_stem(f"{place:04}"))
    rows = [f"{place},p{place // 2}" for place in range(40)]
    (root / "items.csv").write_text("\n".join(["id,patient", *rows]))
    return _of_table(root)


@trouble("semicolons", READ)
def semicolons(root: Path) -> Asked:
    """A CSV of a German Excel, with semicolons and decimal commas."""
    return _of_table(_table(root, lambda name, patient: f"{name};{patient};3,14", "id;patient;area"))


@trouble("decimal commas between commas", ERROR, "row 1 has not the same number of cells as the header")
def decimal_commas(root: Path) -> Asked:
    """3,14 without quotes in a CSV of commas."""
    return _of_table(_table(root, lambda name, patient: f"{name},{patient},3,14", "id,patient,area"))


@trouble("a byte order mark", READ)
def byte_order_mark(root: Path) -> Asked:
    """CSV UTF-8 of Excel, which begins with EF BB BF."""
    return _of_table(_table(root, lambda name, patient: f"{name},{patient}", encoding="utf-8-sig"))


@trouble("UTF-16", ERROR, "is stored as UTF-16; save it as UTF-8")
def utf_16(root: Path) -> Asked:
    """Excel's \"Unicode text\"."""
    return _of_table(_table(root, lambda name, patient: f"{name},{patient}", encoding="utf-16"))


@trouble("a workbook that is called .csv", ERROR, "is a workbook, no text")
def workbook(root: Path) -> Asked:
    """An .xlsx renamed to .csv."""
    (hearts(root) / "items.csv").write_bytes(b"PK\x03\x04" + bytes(99))
    return _of_table(root)


@trouble("empty lines", READ)
def empty_lines(root: Path) -> Asked:
    """Three empty lines at the end."""
    _table(root, lambda name, patient: f"{name},{patient}")
    with (root / "items.csv").open("a") as file:
        file.write("\n\n\n")
    return _of_table(root)


@trouble("empty rows", READ)
def empty_rows(root: Path) -> Asked:
    """Three rows of separators alone at the end, as Excel leaves them."""
    _table(root, lambda name, patient: f"{name},{patient}")
    with (root / "items.csv").open("a") as file:
        file.write(",\n,\n,\n")
    return _of_table(root)


@trouble("an image twice in the table", ERROR, "holds '.*' more than once")
def twice_in_table(root: Path) -> Asked:
    """The last row once more."""
    _table(root, lambda name, patient: f"{name},{patient}")
    last = (root / "items.csv").read_text().splitlines()[-1]
    with (root / "items.csv").open("a") as file:
        file.write(last + "\n")
    return _of_table(root)


@trouble("an image that is not there", ERROR, "there is no nobody_1\\.\\* in")
def not_there(root: Path) -> Asked:
    """One row more than there are images."""
    _table(root, lambda name, patient: f"{name},{patient}")
    with (root / "items.csv").open("a") as file:
        file.write("nobody_1,nobody\n")
    return _of_table(root)


@trouble("images that the table does not name", NOTE, "5 images are not in the table, among them SC-")
def unnamed(root: Path) -> Asked:
    """The last five rows are gone."""
    _table(root, lambda name, patient: f"{name},{patient}")
    lines = (root / "items.csv").read_text().splitlines()
    (root / "items.csv").write_text("\n".join(lines[:-5]) + "\n")
    return _of_table(root)


@trouble("a column that is not there", ERROR, "has no column 'patient'; choose from: id, subject")
def no_column(root: Path) -> Asked:
    """The column of patients is called subject."""
    return _of_table(_table(root, lambda name, patient: f"{name},{patient}", "id,subject"))


@trouble("a patient that is not filled in", ERROR, "column 'patient' is empty for image")
def no_patient(root: Path) -> Asked:
    """One cell empty."""
    _table(root, lambda name, patient: f"{name},{'' if name == FIRST else patient}")
    return _of_table(root)


@trouble("names of a Mac in the table", READ)
def decomposed_in_table(root: Path) -> Asked:
    """Umlauts composed in the table, decomposed in the names of files."""
    for files in (images(hearts(root)), masks(root)):
        for file in files:
            file.rename(file.with_name(normalize("NFD", f"Mä{file.name}")))
    names = [normalize("NFC", file.stem) for file in images(root)]
    rows = [f"{name},{name.rpartition('_')[0]}" for name in names]
    (root / "items.csv").write_text("\n".join(["id,patient", *rows]))
    return _of_table(root)


@trouble("one patient written in two ways", NOTE, "differ only in")
def two_spellings(root: Path) -> Asked:
    """Every other row has the patient in small letters."""
    count = iter(range(99))
    return _of_table(_table(root, lambda name, patient: f"{name},{patient.lower() if next(count) % 2 else patient}"))


@trouble("control characters in the table", ERROR, "there is no \x1b\\[2JSC-HF-I-01_0108.\\* in")
def control_characters(root: Path) -> Asked:
    """A terminal's escape sequence before one name; what is printed shows it, and does not send it."""
    return _of_table(_table(root, lambda name, patient: f"{chr(27) + '[2J' if name == FIRST else ''}{name},{patient}"))
