"""From a finished run to what people read.

Everything here reads the JSON files of a run folder and nothing else: no engine, no cluster. A folder that a killed
run left half written is read as far as it goes, and what is missing is said.
"""
