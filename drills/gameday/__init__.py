"""A game day: several incidents for one or more teams, in sequence or by surprise, led by a facilitator.

Two processes meet in the day's folder, as those of a drill do in theirs (`experiments/record/drill.py`): the
**conductor** (`firedrill gameday`) plays the drills and appends to `day.jsonl`; the **pages** (`python -m
drills.gameday DAY_FOLDER`) show it to everybody and append the facilitator's `orders.jsonl`. What the day has come to
is counted from these files alone, so whoever is killed goes on where it was.
"""
