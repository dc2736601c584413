"""Playing a compiled experiment on the lab and writing its run folder: `experiments.play.runner.run`."""
