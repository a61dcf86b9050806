"""A trial inside of a Slurm job is a trial: Lightning neither waits for other tasks nor looks for a checkpoint."""

from segaug.results.store import Store
from tests.tiny import TINY, segaug_here

INSIDE = {
    "SLURM_JOB_ID": "7", "SLURM_JOB_NAME": "study", "SLURM_NTASKS": "4", "SLURM_NTASKS_PER_NODE": "4",
    "SLURM_PROCID": "3", "SLURM_LOCALID": "3", "SLURM_NODEID": "0", "SLURM_NODELIST": "n[1-2]",
}  # fmt: skip


def test_slurm_variables_change_nothing(tmp_path, tiny_cache):
    (tmp_path / "hpc_ckpt_1.ckpt").write_bytes(b"a pickle that nobody asked for")
    done = segaug_here("train", *TINY, "name=inside", cwd=tmp_path, **INSIDE)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    assert len(Store(tmp_path / "results" / "inside").records()) == 1
