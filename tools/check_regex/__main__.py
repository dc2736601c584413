"""`python -m tools.check_regex`."""

import sys

from tools.check_regex.cli import main

sys.exit(main())
