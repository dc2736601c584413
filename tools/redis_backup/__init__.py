"""Back up Redis and try the restore; a backup that nobody has restored is a hope."""
