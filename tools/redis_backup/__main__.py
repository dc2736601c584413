"""`python -m tools.redis_backup`."""

import sys

from tools.redis_backup.cli import main

sys.exit(main())
