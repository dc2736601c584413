"""`python -m tools.scan_deprecated_apis`."""

import sys

from tools.scan_deprecated_apis.cli import main

sys.exit(main())
