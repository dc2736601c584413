"""Game days: what a trainee sees and does, how it is judged and scored, and what is learned from it."""
