"""Targets that users hand to segaug: images, masks, tables, config files, overrides."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from hypothesis import strategies as st
from omegaconf import OmegaConf

from segaug.analysis.curves.fitting import fit_table
from segaug.analysis.foreign.table import from_frame
from segaug.cli.hydra_app import settled_per_job
from segaug.cli.hydra_errors import one_line
from segaug.data.pixels import grey_pixels, unit_range
from segaug.data.radiograph import BYTES
from segaug.data.readers import read_image, read_mask
from segaug.data.table import read_table
from segaug.data.task import Case
from segaug.errors import DataError
from segaug.experiment.guard.config_file import DataOnlySource
from segaug.experiment.guard.resolution import check_resolution
from segaug.experiment.outside import compose
from segaug.experiment.sweep.launcher import register_plugins
from tests.fuzz import images
from tests.fuzz.mutations import spoiled
from tests.fuzz.stored import written
from tests.fuzz.target import Target

CSV = "id,subject,copy\n" + "".join(f"p{i},s{i // 2},c\n" for i in range(6))
TRIALS = pd.DataFrame(
    [(curve, n, seed, 0.5 / n + 0.01 * seed + 0.05, "ok", f"k{case}")
     for curve in ("a", "b") for n in (1, 2, 4, 8) for seed in range(2) for case in range(2)],
    columns=["curve", "N", "seed", "error", "status", "case"],
)  # fmt: skip
YAML = """\
# @package _global_
defaults: [base_red, _self_]
augment: &a {spacing_px: 24, p: 0.5, more: [1, 2.5, null, true, "x"]}
hydra: {mode: MULTIRUN, sweeper: {params: {seed: "range(2)"}}}
other: *a
name: "x${oc.env:HOME,'y'}${.other.p}"
"""
KEY_WORDS = """
augment augment.p augment.spacing_px dataset dataset.root dataset.structures model scale scale.size seed protocol
protocol.length name hydra.launcher.workers hydra.run.dir hydra.searchpath tracker study augment@x _target_ x.y[0]
hydra/launcher hydra.sweeper.params hydra.job.env_set
"""
VALUE_WORDS = """
    baseline red phantom_blob n4 3 -1 1e400 nan null true ??? [1,2] {a:1} {a:[b,{c:d}]} range(5) range(10000000000)
    choice(1,2) interval(0,1) glob(*) shuffle(1) sort(2,1) tag(a,1) int(x) ${seed} ${oc.env:HOME} ${oc.env:NO_SUCH}
    ${nope:1} ${name} ${.} ${..x} ${ ${oc.create:{a:1}} ${oc.${name}:x} ${augment} ${augment.p}${seed} \\${seed}
    'a \\ {_target_:os.mkdir} ../../etc/passwd
"""
KEYS = KEY_WORDS.split()
VALUES = [
    *VALUE_WORDS.split(),
    "", "a\x00b", "é\u2028", "(" * 60, "[" * 30 + "]" * 30, "9" * 5000, "x" * 5000,
]  # fmt: skip


def _read_both(suffix: str) -> Callable[[Path, bytes], None]:
    def read(folder: Path, data: bytes) -> None:
        path = written(folder / f"input{suffix}", data)
        case = Case("a", "a", str(path), lambda: read_image(path), lambda: read_mask(path))
        refused = []
        for look in (lambda: unit_range(grey_pixels(case)), lambda: read_mask(path).sum()):
            try:
                look()
            except DataError as error:
                assert str(path) in str(error)  # noqa: PT017
                refused.append(error)
        if refused:
            raise refused[0]

    return read


def _png_inputs() -> st.SearchStrategy[bytes]:
    raw = spoiled(images.png())
    return st.one_of(raw, raw.map(images.with_checksums))


_SHEETS, _PARTS = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006",
    "http://schemas.openxmlformats.org/package/2006",
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_AROUND_A_SHEET = {
    "[Content_Types].xml": f'<Types xmlns="{_PARTS}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PARTS}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_SHEETS}/main" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="trials" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PARTS}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def _parquet() -> bytes:
    buffer = io.BytesIO()
    TRIALS.to_parquet(buffer, index=False)
    return buffer.getvalue()


def _spreadsheet() -> bytes:
    """Written by hand, so that it can be packed anew around a spoiled sheet."""
    rows = [list(TRIALS.columns), *TRIALS.to_numpy().tolist()]
    cells = (
        "".join(
            f'<c t="inlineStr"><is><t>{cell}</t></is></c>' if isinstance(cell, str) else f"<c><v>{cell}</v></c>"
            for cell in row
        )
        for row in rows
    )
    body = "".join(f"<row>{row}</row>" for row in cells)
    return f'<worksheet xmlns="{_SHEETS}/main"><sheetData>{body}</sheetData></worksheet>'.encode()


def _packed(sheet: bytes) -> bytes:
    """An .xlsx file of one sheet."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in _AROUND_A_SHEET.items():
            packed.writestr(name, text)
        packed.writestr("xl/worksheets/sheet1.xml", sheet)
    return buffer.getvalue()


def _trials_csv() -> bytes:
    return TRIALS.to_csv(index=False).encode()


def _config_file(folder: Path, data: bytes) -> None:
    written(folder / "groups/augment/mine.yaml", data)
    DataOnlySource("x", str(folder / "groups")).load_config("augment/mine")


def _words() -> st.SearchStrategy[list[str]]:
    key = st.one_of(st.sampled_from(KEYS), st.text("aug.ment/@_:[]0~+", max_size=12))
    value = st.one_of(st.sampled_from(VALUES), st.text("abc019,=[]{}()'\"$:\\ .*!-", max_size=15))
    sign = st.sampled_from(["", "", "", "+", "++", "~"])
    word = st.builds(
        lambda sign, key, value, equals: f"{sign}{key}{equals}{value}", sign, key, value, st.sampled_from("===:")
    )
    return st.lists(word, min_size=1, max_size=3)


register_plugins()  # here, so that no input pays for the imports


def _compose(folder: Path, words: list[str]) -> None:
    with one_line():
        compose(settled_per_job(words))


def _sweep(folder: Path, words: list[str]) -> None:
    settled_per_job(["-m", *words])


PARTS = [
    "${", "}", "a", "b", "c", ".a", "b[0]", "oc.env:", "oc.create:", "now:", "hydra:", ",", "'", '"', "\\", "$", "x",
    "NOPE", "%Y", "[", "]", "{", ":",
]  # fmt: skip


def _trees() -> st.SearchStrategy[dict[str, object]]:
    text = st.lists(st.sampled_from([*PARTS, "${a}", "${b}${b}", "${.c}"]), max_size=8).map("".join)
    value = st.recursive(
        text, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner)
    )
    return st.dictionaries(st.sampled_from("abc"), value)


def _resolve(folder: Path, tree: dict[str, object]) -> None:
    check_resolution(tree)
    with one_line():
        OmegaConf.to_container(OmegaConf.create(tree), resolve=True)


def _table(suffix: str) -> Callable[[Path, bytes], object]:
    return lambda folder, data: from_frame(written(folder / f"table{suffix}", data))


GIVEN = [
    Target("png", _png_inputs, _read_both(".png")),
    Target("jpeg", lambda: spoiled(images.jpeg()), _read_both(".jpg")),
    Target("bmp", lambda: spoiled(images.bmp()), _read_both(".bmp")),
    Target("tiff", lambda: spoiled(images.tiff()), _read_both(".tif")),
    Target("radiograph", lambda: spoiled([bytes(BYTES)]), _read_both(".img"), weight=0.1),
    Target(
        "swapped headers",
        lambda: spoiled([*images.png(), *images.jpeg(), *images.bmp(), *images.tiff()]),
        _read_both(".png"),
    ),
    Target(
        "table of a data set",
        lambda: spoiled([CSV.encode()]),
        lambda folder, data: read_table(written(folder / "t.csv", data)),
    ),
    Target("trials.csv", lambda: spoiled([_trials_csv()]), _table(".csv")),
    Target("trials.parquet", lambda: spoiled([_parquet()]), _table(".parquet")),
    Target("trials.xlsx", lambda: spoiled([_packed(_spreadsheet())]), _table(".xlsx")),
    Target("sheet of trials.xlsx", lambda: spoiled([_spreadsheet()]).map(_packed), _table(".xlsx")),
    Target(
        "fit trials.csv",
        lambda: spoiled([_trials_csv()]),
        lambda folder, data: fit_table(written(folder / "f.csv", data), resamples=100),
        weight=0.1,
    ),
    Target("config file", lambda: spoiled([YAML.encode()]), _config_file),
    Target("interpolations", _trees, _resolve),
    Target("overrides", _words, _compose, weight=0.2),
    Target("overrides of a sweep", _words, _sweep),
]
