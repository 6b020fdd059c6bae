"""The tables. Rows are written by ``store/`` alone; queries that the public may see start at ``published()``."""

from patterns.models.change import Catalog, Change, Revision
from patterns.models.former_category import FormerCategory
from patterns.models.mail import Mail, MailSwitches
from patterns.models.pattern import (
    Applicability,
    Category,
    Check,
    Consequence,
    Example,
    FormerSlug,
    KnownAs,
    KnownUse,
    Pattern,
    Reference,
    Relation,
    ShortSlug,
    Signal,
    Step,
    Symptom,
    Variant,
)
from patterns.models.proposal import PendingImport, Proposal
from patterns.models.review import Request
from patterns.models.search import FacetCount, SearchText, SearchWord
from patterns.models.transfer import Transfer
from patterns.models.working_copy import FormToken, WorkingCopy

__all__ = [
    "Applicability",
    "Catalog",
    "Category",
    "Change",
    "Check",
    "Consequence",
    "Example",
    "FacetCount",
    "FormToken",
    "FormerCategory",
    "FormerSlug",
    "KnownAs",
    "KnownUse",
    "Mail",
    "MailSwitches",
    "Pattern",
    "PendingImport",
    "Proposal",
    "Reference",
    "Relation",
    "Request",
    "Revision",
    "SearchText",
    "SearchWord",
    "ShortSlug",
    "Signal",
    "Step",
    "Symptom",
    "Transfer",
    "Variant",
    "WorkingCopy",
]
