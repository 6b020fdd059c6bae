"""What the site costs beside what it can be compared with, and what becomes of it when something fails: all of it
measured on scratch databases, and on servers that are started for it and stopped afterwards.

Requests are asked of a real gunicorn with the configuration of the site, and the CPU of its processes counts. Its peers
are served by another one: a constant from bare WSGI (the floor), WhiteNoise with the same bytes (the unit), and the
views of Django's tutorial; nginx and Datasette where they are installed.

Import and export are compared with the floor below them (the same file parsed, the same rows written by bare
``sqlite3``) and with a plain django-import-export resource above them. Each part runs in a process of its own, so that
its peak memory is its own.
"""
