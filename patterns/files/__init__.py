"""Bytes ↔ documents: one module a format."""
