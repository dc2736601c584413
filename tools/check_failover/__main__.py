"""`python -m tools.check_failover`."""

import sys

from tools.check_failover.cli import main

sys.exit(main())
