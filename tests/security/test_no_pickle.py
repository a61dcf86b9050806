"""No byte that is read is ever turned into code: no pickle is loaded, nothing is evaluated, YAML goes through Hydra."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.fuzz.formats import FORMATS
from tests.house.here import HOUSE
from tests.house.imports import imported_names

PACKAGE = Path(__file__).parents[2] / "segaug"
MODULES = {  # importing one of these is the first step to loading a pickle, or to running text
    "pickle", "_pickle", "cPickle", "cloudpickle", "dill", "joblib", "shelve", "marshal", "copyreg",
    "code", "codeop", "runpy", "imp",
}  # fmt: skip
NEVER = {  # the end of a dotted name that is called: loads pickles, writes what tempts to load them, or runs text
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "getoutput", "getstatusoutput",
    "torch.load", "torch.save", "jit.load", "hub.load", "load_from_checkpoint", "PackageImporter",
    "read_pickle", "to_pickle", "read_hdf", "cv2.imread", "cv2.imdecode",
    "np.fromfile", "np.memmap", "np.save", "np.savez",
    "yaml.load", "yaml.load_all", "yaml.full_load", "yaml.unsafe_load", "extractall", "unpack_archive",
    "instantiate", "utils.call", "get_class", "get_method", "get_object", "register_new_resolver",
}  # fmt: skip
ONLY_WITH = {"np.load": "allow_pickle=False", "numpy.load": "allow_pickle=False"}
NEVER_WITH = {"weights_only=False", "allow_pickle=True", "shell=True"}
LIBRARIES_OF_FORMATS = ("h5py", "nibabel", "pydicom", "highdicom", "SimpleITK", "tifffile", "defusedxml")
NO_FORMAT = {
    "__init__",
    "array_header",
    "bounds",
    "cut",
    "joined_volume",
    "json_file",
    "opened",
    "volume",
}  # what the formats share
SPREADSHEETS = {f"analysis/foreign/{name}.py" for name in ("file", "sheet")}
UNPACKED = {"data/fetch/archive.py"}  # behind the bounds of data/fetch/members.py; its fuzzer: tests/fuzz/archives.py
PIPES = {
    # multiprocessing pickles what it sends.  Only a process that this one has started holds the other end (a pipe or
    # a socket pair that no other process can open), both run the same code as the same user, and nothing is kept.
    "experiment/machine/workers.py": "jobs to warm workers and their answers",
    "data/many.py": "a data set's options and places of its cases; decoded images come back as files",
    "cluster/ending.py": "tells the processes that this one has started to end; sends nothing else",
    "results/mirror/process.py": "the mirror's process is started with its arguments",
    "results/mirror/live.py": "records that this process wrote, to its mirror",
}
IMPORTED_BY_NAME = {  # the names come from tables in the code, never from input
    "cli/main.py": "verbs of the table VERBS",
    "cli/plan.py": "the questions of `segaug plan`",
    "cli/data.py": "the actions of the table ACTIONS",
    "analysis/__init__.py": "names of the table _HOME",
    "experiment/config/table.py": "strategies, models and data sets of the tables in schema.py",
}


@cache
def imported() -> dict[str, set[str]]:
    return {file: set(imported_names(tree)) for file, tree in HOUSE.trees.items()}


def offences(tree: ast.AST) -> Iterator[str]:
    for name in imported_names(tree):
        if name.partition(".")[0] in MODULES:
            yield f"imports {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _runs(node):
            yield f"line {node.lineno} calls {ast.unparse(node)}"


def _runs(call: ast.Call) -> bool:
    name, given = ast.unparse(call.func), {ast.unparse(keyword) for keyword in call.keywords}
    if name == "re.compile" or (name.endswith(".eval") and not call.args):  # network.eval()
        return False
    if any(_ends(name, one) and needed not in given for one, needed in ONLY_WITH.items()):
        return True
    return any(_ends(name, one) for one in NEVER) or bool(given & NEVER_WITH)


def _ends(name: str, end: str) -> bool:
    return f".{name}".endswith(f".{end}")


def users_of(module: str) -> set[str]:
    return {file for file, names in imported().items() if any(f"{name}.".startswith(f"{module}.") for name in names)}


def test_no_file_can_load_a_pickle_or_run_text():
    wrong = [f"{file} {offence}" for file, tree in HOUSE.trees.items() for offence in offences(tree)]
    assert len(HOUSE.trees) > 100
    assert not wrong, "\n".join(wrong)


ATTACKS = """
import pickle
from pickle import loads
import cloudpickle as c
torch.load(path)
torch.load(path, weights_only=True)
network.load_from_checkpoint(path)
np.load(path)
np.load(path, allow_pickle=True)
pandas.read_pickle(path)
cv2.imread(path)
yaml.load(text, Loader=yaml.SafeLoader)
eval(text)
builtins.eval(text)
compile(text, "", "exec")
hydra.utils.instantiate(config)
instantiate(config)
archive.extractall(folder)
subprocess.run(text, shell=True)
open_safely(path, weights_only=False)
"""


@pytest.mark.parametrize("text", ATTACKS.strip().splitlines())
def test_the_rule_can_fail(text):
    assert list(offences(ast.parse(text)))


@pytest.mark.parametrize("text", ["network.eval()", "re.compile(text)", "np.load(path, allow_pickle=False)"])
def test_what_is_harmless_passes(text):
    assert not list(offences(ast.parse(text)))


def test_the_only_pickles_are_in_pipes_to_processes_of_our_own():
    assert users_of("multiprocessing") | users_of("concurrent.futures.ProcessPoolExecutor") == set(PIPES)
    for file in PIPES:
        used = {name.rpartition(".")[2] for name in imported()[file]}
        assert not {"Listener", "Client", "managers", "BaseManager"} & used  # these open a door to other processes


def test_modules_are_imported_by_names_of_our_own():
    assert users_of("importlib.import_module") == set(IMPORTED_BY_NAME)


def outside_of_formats(users: set[str]) -> set[str]:
    """Files that use a library of formats and do not lie where the bounds are."""
    return {file for file in users if not file.startswith("data/formats/")}


def test_archives_have_one_reader():
    """Whoever adds another has to add its bounds, and its fuzzer, first."""
    unread = ("bz2", "imageio")
    assert not {name: users_of(name) for name in unread if users_of(name)}
    assert users_of("tarfile") == UNPACKED
    assert users_of("lzma") == UNPACKED  # for the name of the error that a broken member of a zip raises, no more
    assert outside_of_formats(users_of("zipfile")) == SPREADSHEETS | UNPACKED
    assert outside_of_formats(users_of("gzip")) == UNPACKED


@pytest.mark.parametrize("library", LIBRARIES_OF_FORMATS)
def test_libraries_of_formats_are_used_behind_their_bounds_alone(library):
    """In `data/formats`: each file there looks at size, header and links before the library decodes."""
    used = users_of(library)
    assert not outside_of_formats(used)
    assert not [file for file in used if library in top_level(file)], "each command would wait for it"


def test_every_format_has_a_fuzzer():
    formats = {Path(file).stem for file in HOUSE.trees if file.startswith("data/formats/")}
    assert {target.name.split()[0] for target in FORMATS} == formats - NO_FORMAT


def test_xml_is_read_by_the_parser_that_refuses_entities():
    """The standard library's own is asked for the type of what defusedxml returns, and takes pictures of our own."""
    found = {file: {n for n in names if n.partition(".")[0] in ("xml", "lxml")} for file, names in imported().items()}
    assert {file: names for file, names in found.items() if names} == {
        "data/formats/aperio.py": {"xml.etree.ElementTree.Element"},
        "report/look/svg.py": {"xml.etree.ElementTree"},  # what Matplotlib has just drawn
    }


def top_level(file: str) -> set[str]:
    """Packages that a file imports as soon as it is imported itself."""
    top = [node for node in HOUSE.trees[file].body if isinstance(node, ast.Import | ast.ImportFrom)]
    return {name.partition(".")[0] for node in top for name in imported_names(node)}
