"""`python -m tools.validate_network_policy`."""

import sys

from tools.validate_network_policy.cli import main

sys.exit(main())
