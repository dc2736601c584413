"""Reading what authors wrote without losing the place: problems with file and line, YAML and Markdown with lines."""
