"""What all tests share: one thread for BLAS and torch, no clock, and Ctrl-C as at a terminal."""

import os
import signal

from hypothesis import settings

# Several test processes run beside each other; threads of torch would only fight over the cores.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

# A shell's background jobs ignore Ctrl-C, and so would each program that a test starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# On a machine that is busy an example takes as long as it takes.
settings.register_profile("without a clock", deadline=None)
settings.load_profile("without a clock")
