"""The catalogue as plain typed documents: no Django, no database, no settings.

Every rule about what an entry may be exists once, here. A file is read into documents (``reader``), documents are
written back as canonical TOML (``writer``), two are compared (``diff``), three are merged into a plan (``merge``),
and the final state is checked as a whole (``check``). The database, the admin and the pages only carry them.
"""
