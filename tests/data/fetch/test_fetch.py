"""A set is fetched into a folder that holds nothing else, or the way to it is told; nothing begins by itself."""

import io
import zipfile
from pathlib import Path

import pytest
from filelock import FileLock

import segaug
from segaug.cli.main import main
from segaug.data.fetch.fetch import fetch
from segaug.data.fetch.web import Web
from segaug.errors import ConfigError, DataError
from tests.data.fetch.served import WEB, serving


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")


def zipped(**files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"top/{name}.txt", content)
    return made.getvalue()


def outcomes(downloads, folder, free=True):
    return list(fetch(downloads, folder, free=free, web=WEB, tell=lambda *_: None))


def test_each_archive_becomes_a_folder_and_other_files_stay_what_they_are(tmp_path):
    folder = tmp_path / "set"
    with serving(zipped(a="one")) as served, serving(b"table") as other:
        downloads = {"images.zip": served.offered(into="images"), "table.csv": other.offered()}
        found = outcomes(downloads, folder)
        assert [outcome.done for outcome in found] == [True, True]
        assert (folder / "images/a.txt").read_bytes() == b"one"
        assert (folder / "table.csv").read_bytes() == b"table"
        again = outcomes(downloads, folder)
    assert [outcome.words for outcome in again] == [f"{folder}/images is there", f"{folder}/table.csv is there"]
    assert len(served.asked) == len(other.asked) == 1
    assert sorted(path.name for path in folder.iterdir()) == ["images", "table.csv"]
    assert (tmp_path / "set.downloads/images.zip").is_file()


def test_one_archive_may_be_the_whole_folder(tmp_path):
    with serving(zipped(a="one", b="two")) as served:
        outcomes({"all.zip": served.offered()}, tmp_path / "set")
    assert {path.name for path in (tmp_path / "set").iterdir()} == {"a.txt", "b.txt"}


def test_an_empty_folder_is_not_taken_for_the_set(tmp_path):
    (tmp_path / "set").mkdir()
    with serving(zipped(a="one")) as served:
        (done,) = outcomes({"all.zip": served.offered()}, tmp_path / "set")
    assert done.words == f"all.zip is in {tmp_path}/set"
    assert (tmp_path / "set/a.txt").read_bytes() == b"one"


def test_what_needs_a_form_is_not_asked_for_and_is_unpacked_where_the_user_has_put_it(tmp_path):
    folder, content = tmp_path / "set", zipped(a="one")
    with serving(content) as served:
        downloads = {"all.zip": served.offered()}
        (left,) = outcomes(downloads, folder, free=False)
        assert (left.done, left.words) == (False, f"put all.zip into {folder}.downloads, and run this command again")
        (tmp_path / "set.downloads").mkdir()
        (tmp_path / "set.downloads/all.zip").write_bytes(content + b"x")
        with pytest.raises(DataError, match="has the sha256"):
            outcomes(downloads, folder, free=False)
        (tmp_path / "set.downloads/all.zip").write_bytes(content)
        (done,) = outcomes(downloads, folder, free=False)
    assert done.done
    assert (folder / "a.txt").read_bytes() == b"one"
    assert served.asked == []


def test_a_7z_archive_is_left_to_its_own_program(tmp_path):
    folder = tmp_path / "my set"
    with serving(b"7z") as served:
        (left,) = outcomes({"Mask.7z": served.offered(into="Mask")}, folder)
    assert (left.done, left.words) == (False, f"unpack it: 7z x '-o{folder}/Mask' '{folder}.downloads/Mask.7z'")
    assert not folder.exists()


def test_a_wrong_archive_leaves_no_folder(tmp_path):
    with serving(zipped(**{"../../out": "x"})) as served, pytest.raises(DataError, match="leads elsewhere"):
        outcomes({"all.zip": served.offered()}, tmp_path / "set")
    assert {path.name for path in tmp_path.iterdir()} == {"set.downloads"}


@pytest.mark.parametrize(
    ("names", "into", "told"),
    [
        (["../a.zip"], "", "is no plain name of a file"),
        (["a/b.zip"], "", "is no plain name of a file"),
        ([".hidden.zip"], "", "is no plain name of a file"),
        (["a.zip"], "../b", "leads out of dataset.root"),
        (["a.zip", "b.zip"], "x", "two files would become"),
        (["a.csv", "a.csv.part"], "", "is the name of a file that is not whole yet"),
        (["a.csv", "A.CSV"], "", "two files would be fetched to a.csv, in one spelling or another"),
    ],
)
def test_names_lead_nowhere_else(names, into, told, tmp_path):
    with serving(b"") as served, pytest.raises(ConfigError, match=told):
        outcomes({name: served.offered(into=into) for name in names}, tmp_path / "set")


CONFIG = """\
defaults: [base_folder, _self_]
root: {root}
structures: {{foreground: [1]}}
structure: foreground
access: {access}
address: https://example.org/page
licence: CC0
downloads:
  all.zip: {{address: "https://example.org/all.zip", sha256: "{sha256}"}}
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Writes a config of the user's own."""

    def write(name, served, access="free"):
        text = CONFIG.format(root=tmp_path / name, access=access, sha256=served.offered().sha256)
        (tmp_path / f"own/dataset/{name}.yaml").write_text(text)

        def there(web, address, start):
            assert (web, address) == (Web(), "https://example.org/all.zip")
            return ask(WEB, served.address, start)

        monkeypatch.setattr(Web, "open", there)

    ask = Web.open
    (tmp_path / "own/dataset").mkdir(parents=True)
    monkeypatch.setenv("SEGAUG_CONF", str(tmp_path / "own"))
    return write


def test_a_config_of_somebody_else_is_fetched_for_whoever_trusts_it_and_says_where_to(own, tmp_path, capsys):
    with serving(zipped(a="one")) as served:
        own("mine", served)
        for words in ([], ["--trust"], ["--to", str(tmp_path / "to")]):
            assert main(["data", "fetch", "mine", *words]) == 2
            assert "is not one of segaug's own configs; look at" in capsys.readouterr().err
        assert served.asked == []
        assert main(["data", "fetch", "mine", "--list"]) == 0
        assert "all.zip  https://example.org/all.zip\n" in capsys.readouterr().out
        assert main(["data", "fetch", "mine", "--trust", "--to", str(tmp_path / "to")]) == 0
    told = capsys.readouterr().out
    assert "licence   CC0" in told
    assert f"segaug data check mine dataset.root={tmp_path}/to" in told
    assert (tmp_path / "to/a.txt").read_bytes() == b"one"


def test_a_set_behind_a_form_has_its_way_told_and_one_without_files_too(own, tmp_path, capsys):
    with serving(zipped(a="one")) as served:
        own("mine", served, access="form")
        assert main(["data", "fetch", "mine", "--trust", "--to", str(tmp_path / "to")]) == 1
    told = capsys.readouterr().out
    assert "put all.zip into" in told
    assert "begin at https://example.org/page" in told
    assert served.asked == []
    assert main(["data", "fetch", "busi"]) == 1
    assert "access: not told by its config" in capsys.readouterr().out
    assert main(["data", "fetch", "bussi"]) == 2
    assert "there is no data set 'bussi'; did you mean 'busi'?" in capsys.readouterr().err


def test_there_is_nothing_to_fetch_of_a_generated_set_and_a_list_is_no_failure(capsys):
    assert main(["data", "fetch", "shift_base"]) == 0
    assert capsys.readouterr().out == "shift_base is generated: nothing to fetch\n"
    assert main(["data", "fetch", "lgg", "--list"]) == 0


def test_the_folder_is_quoted_where_a_shell_would_split_it(own, tmp_path, capsys):
    with serving(zipped(a="one")) as served:
        own("mine", served)
        assert main(["data", "fetch", "mine", "--trust", "--to", str(tmp_path / "a b")]) == 0
    assert f"\"dataset.root='{tmp_path}/a b'\"" in capsys.readouterr().out


def test_addresses_of_somebody_else_look_nothing_up(own, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("MY_SECRET", "hunter2")
    with serving(zipped(a="one")) as served:
        own("mine", served)
        config = tmp_path / "own/dataset/mine.yaml"
        config.write_text(config.read_text().replace("org/all.zip", "org/${oc.env:MY_SECRET}"))
        for words in (["--trust", "--to", str(tmp_path / "to")], ["--list"]):
            assert main(["data", "fetch", "mine", *words]) == 2
            said = capsys.readouterr()
            assert "dataset.downloads in" in said.err
            assert "looks something up (${...}); write names, addresses and digests out" in said.err
            assert "hunter2" not in said.out + said.err
    assert served.asked == []


def test_two_processes_do_not_fetch_one_file_at_the_same_time(tmp_path):
    folder = tmp_path / "set"
    with serving(zipped(a="one")) as served:
        offered = served.offered()

        def another(*_):
            with pytest.raises(DataError, match=r"all.zip: is being fetched by another process; wait until"):
                outcomes({"all.zip": offered}, folder)
            also.append(1)

        also: list[int] = []
        assert next(fetch({"all.zip": offered}, folder, free=True, web=WEB, tell=another)).done
    assert also
    assert len(served.asked) == 1


def test_what_another_process_has_finished_meanwhile_is_not_fetched_again(tmp_path, monkeypatch):
    folder, first = tmp_path / "set", []

    class Waited(FileLock):
        """Had only after another process was through."""

        def __enter__(self):
            if not first:
                first.append(1)
                outcomes({"a.csv": served.offered()}, folder)
            return super().__enter__()

    with serving(b"table") as served:
        monkeypatch.setattr("segaug.data.fetch.fetch.FileLock", Waited)
        (done,) = outcomes({"a.csv": served.offered()}, folder)
    assert done.words == f"{folder}/a.csv is there"
    assert len(served.asked) == 1
    assert not (tmp_path / "set.downloads/a.csv").exists()


def test_nothing_else_fetches():
    """Training and all else never begin it: one verb imports it, and one file asks servers."""
    house = Path(segaug.__file__).parent
    texts = {file.relative_to(house).as_posix(): file.read_text() for file in house.rglob("*.py")}
    naming = {file for file, text in texts.items() if "data.fetch" in text and not file.startswith("data/fetch/")}
    assert naming == {"cli/data_fetch.py"}
    assert {file for file, text in texts.items() if "urllib.request" in text} == {
        "data/fetch/web.py",
        "results/mirror/client.py",  # of W&B
    }
