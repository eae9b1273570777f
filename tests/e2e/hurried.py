"""A kiosk that asks again at once what became of a payment: nobody wants to watch the pauses."""

import sys

from bench.kills import launch
from kiosk.flow import posting

if __name__ == "__main__":
    posting.FIRST_PAUSE_S = 0
    sys.exit(launch.main(sys.argv[1:]))
