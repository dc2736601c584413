"""Reading a run folder, whole or half written."""
