"""What `firedrill play` starts beside the run, keeps alive, and ends: the page, and a program that plays."""
