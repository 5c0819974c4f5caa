"""Build the website, and say where it is."""

import sys

from scripts.website.build import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
