"""The table of speeds judges ratios by bounds that stand in the repository; nothing here is timed."""

import pytest

from benchmarks.bench_parts import turns
from benchmarks.bench_parts.bounds import FILE, Bound, judged, read
from benchmarks.bench_parts.gathering import Failed, from_json, gathered, to_json
from benchmarks.bench_parts.groups import GROUPS, Group, beginnings
from benchmarks.bench_parts.heaps import across, environment, heap
from benchmarks.bench_parts.processor import processor
from benchmarks.bench_parts.row import Row
from benchmarks.bench_parts.run import run
from segaug.errors import ConfigError
from segaug.experiment.machine.process import KEEP_HEAP

PEER = {"key": "augmentation/red/64/monai", "what": "red", "beside": "MONAI", "ours": (2.0, 1.5), "peer": (20.0, 18.0)}
FAST = Row(**PEER)
MISSING = Row(**{**PEER, "key": "augmentation/red/64/other", "beside": "other", "peer": None})
STEP = Row(key="step/red", what="augmented", beside="bare", ours=(11.0, 10.0), peer=(10.0, 10.0), slower=True)


def verdict(row: Row, bound: Bound | None, native: bool = True):
    return judged([row], {} if bound is None else {row.key: bound}, [], native)


def test_a_turn_is_as_many_calls_as_take_its_time_and_a_time_is_of_one_call(monkeypatch):
    calls = []
    monkeypatch.setattr(turns, "process_time", lambda: 0.002 * len(calls))
    assert turns.in_turns({"arm": lambda: calls.append(1)}, rounds=3)["arm"] == pytest.approx((2, 2))
    assert len(calls) == 1 + 3  # one round before them is not counted
    calls.clear()
    assert turns.in_turns({"arm": lambda: calls.append(1)}, rounds=3, at_least_ms=9)["arm"] == pytest.approx((2, 2))
    assert len(calls) == 2 + 5 * (1 + 3)  # two to see how long one takes


def test_a_ratio_is_of_medians_and_says_how_many_times_faster_or_for_a_share_slower():
    assert FAST.ratio == 10
    assert STEP.ratio == pytest.approx(1.1)
    assert MISSING.ratio is None


@pytest.mark.parametrize(
    ("row", "kept", "broken"),
    [(FAST, {"at_least": 10}, {"at_least": 10.1}), (STEP, {"at_most": 1.1}, {"at_most": 1.09})],
)
def test_a_broken_bound_is_named_with_its_ratio(row, kept, broken):
    assert verdict(row, Bound(**kept)).broken == ()
    (sentence,) = verdict(row, Bound(**broken)).broken
    assert sentence == f"{row.key}: ratio {row.ratio:.3f}, bound {Bound(**broken)}"


def test_a_missing_peer_is_no_pass():
    found = verdict(MISSING, Bound(at_least=1))
    assert found.broken == ()
    assert "not checked, other is not installed" in found.unchecked[0]


def test_a_bound_on_bfloat16_holds_where_the_processor_has_it():
    bound = Bound(at_least=11, needs="bfloat16")
    assert verdict(FAST, bound).broken
    emulated = verdict(FAST, bound, native=False)
    assert emulated.broken == ()
    assert "emulates bfloat16" in emulated.unchecked[0]


def test_each_row_has_a_bound_and_each_bound_of_what_ran_a_row():
    assert "has no bound" in verdict(FAST, None).broken[0]
    bounds = {FAST.key: Bound(at_least=1), "step/gone": Bound(at_most=1), "study/not-run": Bound(at_least=1)}
    assert judged([FAST], bounds, ["augmentation", "step"], True).broken == (
        "step/gone: has a bound, but no row was measured",
    )


def test_the_bounds_of_the_repository_can_be_read_and_each_group_has_some():
    bounds = read(beginnings(GROUPS))
    assert {key.partition("/")[0] for key in bounds} == set(beginnings(GROUPS))
    assert all((FILE.parent / f"{group.file}.py").exists() for group in GROUPS.values())
    for key, bound in bounds.items():  # a goal is beyond its bound
        assert bound.goal is None or bound.met_by(bound.goal), key


@pytest.mark.parametrize(
    "text",
    [
        "typo/red: {at_least: 1}",
        "step/red: {at_lest: 1}",
        "step/red: {}",
        "step/red: {at_least: 1, at_most: 2}",
        "step/red: {at_least: 1, needs: avx}",
    ],
)
def test_what_bounds_do_not_know_is_refused(tmp_path, text):
    (tmp_path / "bounds.yaml").write_text(text)
    with pytest.raises(ConfigError, match=r"red in bounds\.yaml"):
        read(["step"], tmp_path / "bounds.yaml")


def test_rows_come_back_from_their_process_as_they_were():
    assert from_json(to_json([FAST, MISSING, STEP])) == [FAST, MISSING, STEP]


def test_a_process_gets_the_heap_that_its_group_is_measured_in(monkeypatch):
    inherited = {"MALLOC_ARENA_MAX": "1", "HOME": "/"}
    assert not [name for name in environment(False, inherited) if name.startswith("MALLOC_")]
    kept = environment(True, inherited)
    assert kept.items() >= {**KEEP_HEAP, "OMP_NUM_THREADS": "1", "HOME": "/"}.items()
    for name in KEEP_HEAP:
        monkeypatch.delenv(name, raising=False)
    assert heap() == "default"
    for name, value in KEEP_HEAP.items():
        monkeypatch.setenv(name, value)
    assert heap() == "kept"


def test_ours_in_a_kept_heap_stands_beside_a_peer_in_the_default_one():
    kept = Row(**{**PEER, "key": "network/net/kept-heap", "ours": (1.0, 1.0)})
    default = Row(**{**PEER, "key": "network/net/default-heap", "peer": (30.0, 30.0)})
    (row,) = across([kept, default])
    assert (row.key, row.ratio) == ("network/net/kept-beside-default-heap", 30)
    assert across([kept]) == across([default]) == []


def test_the_processor_tells_its_instruction_sets(tmp_path):
    told = tmp_path / "cpuinfo"
    told.write_text("model name\t: Some CPU\nflags\t\t: fpu avx2 avx512f avx512_bf16\n")
    found = processor(told)
    assert found.has == ("AVX2", "AVX512", "AVX512-BF16")
    assert found.native_bfloat16
    assert "without AMX-BF16" in str(found)
    told.write_text("model name\t: Old CPU\nflags\t\t: fpu avx2\n")
    assert not processor(told).native_bfloat16
    assert processor(tmp_path / "none").has is None


@pytest.mark.parametrize(("limit", "code"), [(9, 0), (11, 1)])
def test_the_exit_code_says_whether_all_bounds_hold(capsys, limit, code):
    bounds = {FAST.key: Bound(at_least=limit, goal=35), MISSING.key: Bound(at_least=1)}
    assert run(["augmentation"], bounds, lambda name, heap: [FAST, MISSING]) == code
    printed = capsys.readouterr().out
    assert "goal 35 missed" in printed
    assert "2.00 (best 1.50) ms; MONAI: 20.00 (best 18.00) ms" in printed
    assert "not installed (pip install -e '.[bench]')" in printed
    assert "1 not checked" in printed
    assert ("ratio 10.000, bound at least 11" in printed) == bool(code)


def test_a_process_that_fails_is_no_pass(capsys):
    def fails(name: str, heap: str):
        raise Failed(f"{name}: failed")

    assert run(["network"], {}, fails) == 1
    assert "network: failed" in capsys.readouterr().out


def test_a_group_is_measured_in_a_process_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setitem(GROUPS, "none", Group("no_such_benchmark", ("none",)))
    monkeypatch.setattr("benchmarks.bench_parts.gathering._MEASURE", "raise SystemExit(3)")
    with pytest.raises(Failed, match="exit code 3"):
        gathered("none", "kept")
    write = f"import sys; from pathlib import Path; Path(sys.argv[2]).write_text({to_json([FAST])!r})"
    monkeypatch.setattr("benchmarks.bench_parts.gathering._MEASURE", write)
    assert gathered("none", "kept") == [FAST]
