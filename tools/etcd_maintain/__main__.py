"""`python -m tools.etcd_maintain`."""

import sys

from tools.etcd_maintain.cli import main

sys.exit(main())
