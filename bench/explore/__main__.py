"""``python -m bench explore`` and ``python -m bench.explore`` are the same."""

import sys

from bench.explore.command import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
