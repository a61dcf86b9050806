"""Files are written where this table says, so that each new writer is asked where its names come from."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.house.here import HOUSE

PACKAGE = Path(__file__).parents[2] / "segaug"
WRITES = {  # what is called
    "write_atomic", "write_pieces", "create_exclusive", "write_sealed", "write_text", "write_bytes", "savefig", "mkdir",
    "makedirs", "symlink_to", "symlink", "link", "rename", "to_csv", "to_parquet", "to_excel", "to_json", "save_file",
    "save_momentum", "touch", "copyfile", "copytree", "unlink", "rmtree", "rmdir", "os.remove",
    "os.replace", "os.rename", "os.link", "os.symlink", "os.unlink", "os.mkdir", "os.makedirs",
}  # fmt: skip
IN_A_STUDY = {  # all of them by `results/inside.py`
    "cli/addition_files.py", "cli/compare_files.py", "cli/fall_files.py", "cli/fit_files.py", "cli/need.py",
    "cli/plan_power.py", "cli/policy_show.py", "cluster/submission.py",
    "experiment/trial/attempt.py", "experiment/sweep/study.py", "report/blocks/figure_files.py", "report/page.py",
    "results/card_files.py", "results/merging.py", "results/plan_pieces.py", "results/snapshot.py", "results/store.py",
    "results/mirror/publish.py", "results/mirror/views.py",
}  # fmt: skip
BY_A_PATH = {  # that a caller has from there
    "results/lease.py": "the folder of a trial, of experiment/trial/attempt.py",
    "results/rivals.py": "the folder of a trial, of results/store.py",
    "results/sealed_parquet.py": "of results/snapshot.py",
    "results/mirror/ledger.py": "of results/mirror/publisher.py",
    "results/mirror/process.py": "the log of results/mirror/live.py and tables.py",
    "cluster/submit.py": "the folder of a submission that was just made by cluster/submission.py",
    "cli/collect.py": "names that results/trial_files.py has found in folders of trials, to be removed",
}
ELSEWHERE = {
    "files.py": "how a file, and a new folder, is written",
    "data/cache.py": "the cache of decoded images, by digest",
    "data/chunks.py": "the same, of a set that is being decoded",
    "data/fetch/part.py": "a part file beside the place of a download",
    "data/fetch/transfer.py": "a plain name below FOLDER.downloads, of data/fetch/fetch.py",
    "data/fetch/archive.py": "a new folder, by names of members that data/fetch/members.py has looked at",
    "data/fetch/fetch.py": "the folder of a data set, of --to or of a config of ours, and the one of its downloads",
    "data/known_files.py": "the same: what is known of files that were hashed",
    "experiment/artefacts/store.py": "the cache of artefacts, by kind and digest",
    "registration/momentum_file.py": "by a path: the cache of momenta, and what `segaug register` writes",
    "cli/data_copies.py": "the file of --csv",
    "cli/data_import_files.py": "the config folder of the user, by a name that no path is",
    "report/dataset/dataset_page.py": "the folder of --out",
    "cli/policy_export.py": "the file of --out",
    "cli/preview.py": "the file of --out",
    "cli/register_output.py": "the folder of --out",
    "report/look/svg.py": "into memory",
    "analysis/foreign/repeats.py": "a column gets another name, and no file",
    "analysis/csv_text.py": "into memory",
    "results/mirror/tables.py": "into memory",
}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Each with the last part of its name, `os` before it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of_os = isinstance(node.func.value, ast.Name) and node.func.value.id == "os"
            yield f"os.{node.func.attr}" if of_os else node.func.attr, node


def writes(tree: ast.AST) -> list[int]:
    """Lines."""
    return [call.lineno for name, call in calls(tree) if name in WRITES or (name == "open" and _changes(call))]


def _changes(call: ast.Call) -> bool:
    """Is the file opened to be changed?"""
    told = [one.value for one in (*call.args, *(word.value for word in call.keywords)) if isinstance(one, ast.Constant)]
    return any(isinstance(mode, str) and len(mode) <= 3 and set(mode) & set("wax+") for mode in told)


def asks_for_the_place(tree: ast.AST) -> bool:
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    return bool(names & {"inside", "card_folder"})


def test_every_writer_is_in_the_table():
    writers = {file for file, tree in HOUSE.trees.items() if writes(tree)}
    known = IN_A_STUDY | BY_A_PATH.keys() | ELSEWHERE.keys()
    assert writers - known == set(), "where do these write?"
    assert known - writers == set(), "these write no more"


def test_what_is_written_in_a_study_is_asked_for_its_place():
    assert {file for file in IN_A_STUDY if not asks_for_the_place(HOUSE.trees[file])} == set()


@cache
def put_behind() -> list[tuple[str, ast.BinOp]]:
    """Each `... / "text"`, and the file that it is in."""
    divided = [
        (file, node) for file, tree in HOUSE.trees.items() for node in ast.walk(tree) if isinstance(node, ast.BinOp)
    ]
    return [one for one in divided if isinstance(one[1].op, ast.Div) and isinstance(one[1].right, ast.Constant)]


@pytest.mark.parametrize(
    "folder", ["report", "fit", "cards", "trials", "plan", "compare", "need", "power", "wandb", "addition"]
)
def test_no_folder_of_a_study_is_reached_without_asking(folder):
    """Such as `store.folder / "report"`: only `inside` and `Store` put these behind the folder of a study."""
    found = [f"{file}: {ast.unparse(node)}" for file, node in put_behind() if node.right.value == folder]
    assert found == []


@pytest.mark.parametrize("text", [
    "path.write_text(x)", "write_atomic(path, x)", "open(path, 'w')", "open(path, mode='ab')", "path.open('r+b')",
    "os.replace(a, b)", "table.to_csv(path)", "figure.savefig(path)", "shutil.rmtree(path)",
])  # fmt: skip
def test_the_rule_can_fail(text):
    assert writes(ast.parse(text))


@pytest.mark.parametrize(
    "text", ["open(path)", "open(path, 'rb')", "Image.open(path, formats=FORMATS)", "x.replace(a)"]
)
def test_reading_is_no_writing(text):
    assert not writes(ast.parse(text))
