"""The one write path: the database as a Document, and Plans applied to it.

Commands, the admin and restores all build a Plan and apply it here, in one transaction, under the lock of the
Catalog row, with one Change and one Revision for each document that the Plan changes.
"""
