"""Counts what the drills inject, and says at the end that all of it was survived."""

import pytest

INJECTIONS = "injections"


@pytest.fixture
def injected(record_property):
    """Tell how many faults a test has injected."""
    return lambda count: record_property(INJECTIONS, count)


def pytest_terminal_summary(terminalreporter):
    """Print `N drills, M injections, all held`; a drill that names no number has injected one fault."""
    ends = {name: terminalreporter.stats.get(name, []) for name in ("passed", "failed", "error")}
    drills = {name: [one for one in found if "tests/drills/" in one.nodeid] for name, found in ends.items()}
    count = sum(int(dict(one.user_properties).get(INJECTIONS, 1)) for one in drills["passed"])
    broken = len(drills["failed"]) + len(drills["error"])
    if any(drills.values()):
        told = f"{broken} DRILLS DID NOT HOLD" if broken else "all held"
        terminalreporter.write_line(f"{sum(map(len, drills.values()))} drills, {count} injections, {told}")
