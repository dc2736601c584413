"""latest-suite: one page over all scenarios, JUnit for CI and a summary in Markdown, each from the same rows."""

from reports.suite.build import Batch, build
from reports.suite.rows import KINDS, Cell, Row, Subject, Suite
from reports.suite.write import FOLDER, write

__all__ = ["FOLDER", "KINDS", "Batch", "Cell", "Row", "Subject", "Suite", "build", "write"]
