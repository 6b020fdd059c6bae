"""The catalogue for programs: read-only JSON below /api/v1/, described in OpenAPI 3.1.

``operations`` answers, ``answers`` says in which shape, ``problems`` says what went wrong (RFC 9457), ``description``
tells programs of all three and ``docs`` tells people. The library matches, checks and describes; answers are written
by their own models, and its pages and static files are not used.
"""
