"""`python -m tools.canary_gate`."""

import sys

from tools.canary_gate.cli import main

sys.exit(main())
