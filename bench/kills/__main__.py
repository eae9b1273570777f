"""``python -m bench.kills``, the same as ``python -m bench kills``."""

import sys

from bench.kills.run import main

if __name__ == "__main__":  # and not in each worker, which imports this again
    sys.exit(main())
