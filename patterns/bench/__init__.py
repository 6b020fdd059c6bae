"""How fast import and export are, beside what they can be compared with, measured in one run.

Below them stands the floor: the same file parsed, the same rows written by bare ``sqlite3``. Above them stands a plain
django-import-export resource. Each measured part runs in a process of its own, so that its peak memory is its own, on
scratch databases that are removed afterwards.
"""
