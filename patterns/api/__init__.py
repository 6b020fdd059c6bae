"""The catalogue for programs: read-only JSON below /api/v1/, described in OpenAPI 3.1.

``operations`` answers, ``answers`` and ``entries`` say in which shape, ``parameters`` checks what is asked,
``problems`` says what went wrong (RFC 9457), ``description`` tells programs of all of them and ``docs`` tells people.
"""
