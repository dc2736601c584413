"""The run folder: everything a run leaves behind, as typed files. `docs/run-folder.md` is its reference."""
