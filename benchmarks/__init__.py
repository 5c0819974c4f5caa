"""Side-by-side timings: python -m benchmarks [--quick] [topic ...]. Never part of the tests."""

import os

# One thread: on a busy machine two threads wait for each other and ratios lose their meaning.
# Here, because the libraries under numpy read these when numpy is first imported.
for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR"):
    os.environ[f"{library}_NUM_THREADS"] = "1"
os.environ["VECLIB_MAXIMUM_THREADS"] = "1"
