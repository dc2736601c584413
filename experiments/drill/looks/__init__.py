"""The system compared with what was deployed: what a fix may not have cost."""
