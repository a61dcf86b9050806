"""What a process that trains is started with, be it a worker or the command itself."""

from segaug.glibc import MMAP_MAX, TOP_PAD, TRIM_THRESHOLD, of_glibc

_PAD = 2**28  # bytes by which the heap grows at a time

# The default allocator gives big blocks back to the kernel after every step and asks for them again; keeping them makes
# a training step about a fifth faster (benchmarks/network.py).  Read by glibc when a process starts, unknown elsewhere.
KEEP_HEAP = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(2**36),
    "MALLOC_TOP_PAD_": str(_PAD),
}
# Read when numpy and torch are first imported.  The number of threads decides the last bits of a sum; so does, in MKL's
# small matrix products, the address of a matrix and thus a row's place in its batch, unless it is told otherwise.
SINGLE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_CBWR": "AUTO",
}


def keep_heap() -> None:
    """`KEEP_HEAP` for this process, which was started without it; nothing where libc is not glibc."""
    if (mallopt := of_glibc("mallopt")) is not None:
        mallopt(MMAP_MAX, 0)
        mallopt(TRIM_THRESHOLD, -1)  # never: 2^36 is too large for an int
        mallopt(TOP_PAD, _PAD)
