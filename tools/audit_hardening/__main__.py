"""`python -m tools.audit_hardening`."""

import sys

from tools.audit_hardening.cli import main

sys.exit(main())
