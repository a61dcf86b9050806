"""Memory that is left is the least of what the system and every control group above this process leave."""

from segaug.experiment.machine.available import available_mib

MIB = 2**20


def told(root, files):
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"{text}\n")
    return available_mib(root)


def group(folder, names, limit, used, idle):
    texts = (limit, used, f"cache 5\n{names[2]} {idle}")
    return {f"{folder}/{name}": text for name, text in zip((*names[:2], "memory.stat"), texts, strict=True)}


SYSTEM = {"proc/meminfo": f"MemTotal: 99999999 kB\nMemAvailable: {1000 * 1024} kB"}
NEW = ("memory.max", "memory.current", "inactive_file")
OLD = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")


def test_a_system_that_does_not_tell(tmp_path):
    assert available_mib(tmp_path) is None


def test_the_system_alone(tmp_path):
    assert told(tmp_path, SYSTEM) == 1000


def test_a_group_without_a_limit_takes_nothing(tmp_path):
    files = SYSTEM | {"proc/self/cgroup": "0::/"} | group("sys/fs/cgroup", NEW, "max", 5, 0)
    assert told(tmp_path, files) == 1000


def test_a_group_and_the_one_above_it(tmp_path):
    files = SYSTEM | {"proc/self/cgroup": "0::/job/step"}
    files |= group("sys/fs/cgroup/job", NEW, 800 * MIB, 300 * MIB, 100 * MIB)
    files |= group("sys/fs/cgroup/job/step", NEW, 700 * MIB, 0, 0)
    assert told(tmp_path, files) == 600  # pages of files that nobody uses do not count


def test_a_container_that_sees_its_own_group_as_the_top(tmp_path):
    files = SYSTEM | {"proc/self/cgroup": "4:memory:/docker/0af3\n1:cpu:/"}
    files |= group("sys/fs/cgroup/memory", OLD, 900 * MIB, 200 * MIB, 50 * MIB)
    assert told(tmp_path, files) == 750
