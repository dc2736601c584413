"""report.html: a run as one file that opens offline, on a phone, on a desktop, in print."""

from reports.html.write import write

__all__ = ["write"]
