"""What holds for every test process, before numpy or torch is imported."""

import os
import signal

from hypothesis import HealthCheck, settings

from segaug.experiment.machine.workers import SINGLE_THREAD

os.environ.update(SINGLE_THREAD)  # one thread, as in `segaug train`
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell starts what runs in the background deaf to Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)
# Properties say nothing of time, and a busy machine is no fault of theirs.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
