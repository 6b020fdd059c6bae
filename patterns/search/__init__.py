"""Search and the faceted list. The index holds published entries only, and is written with them in one transaction.

Two engines answer one small interface: FTS5 on SQLite, ``tsvector`` on PostgreSQL. Texts are folded to plain words by
our own code on the way in, and so are questions; so both engines see the same words, and rank in the same tiers: by
the best place that has all the words (name, then aliases, description, text), and then by their own measure.
"""

from patterns.search.listing import search
from patterns.search.query import FacetChoice, ListQuery
from patterns.search.result import Facet, FacetOption, Hit, ListResult, TextPiece

__all__ = ["Facet", "FacetChoice", "FacetOption", "Hit", "ListQuery", "ListResult", "TextPiece", "search"]
