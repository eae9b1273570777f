"""``python -m bench.measure``, the same as ``python -m bench measure``."""

import sys

from bench.measure.run import main

sys.exit(main())
