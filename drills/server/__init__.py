"""The live page of a drill: what the trainee sees while the incident runs, and what the trainee does about it.

`python -m drills.server RUN_FOLDER` serves one drill. It reads the files that the run writes, appends to `moves.jsonl`
and knows nothing else: no cluster, no memory of its own. Whoever kills it loses nothing.
"""
