"""Build the website, and say where it is."""

import os
import sys

from scripts.website.build import main

if __name__ == "__main__":
    # A kernel installed for the whole user must not stand in for the one of this environment.
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    sys.exit(main(sys.argv[1:]))
