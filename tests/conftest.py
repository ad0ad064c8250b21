"""What all tests share: one thread for BLAS and torch, as the program itself sets it."""

import os

# Several test processes run beside each other; threads of torch would only fight over the cores.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
