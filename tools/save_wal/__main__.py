"""`python -m tools.save_wal`."""

import sys

from tools.save_wal.cli import main

sys.exit(main())
