"""What pages say in the words of schema.org: the catalogue is a set of terms, an entry an article on one of them."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse

from patterns.models import Catalog, Pattern
from patterns.views.pattern import Presented

CONTEXT = "https://schema.org"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
NAMELESS = "Archsite"
Data = dict[str, Any]


def term_set(catalog: Catalog, patterns: Iterable[Pattern]) -> Data:
    """The catalogue with these of its entries."""
    about = {
        "@context": CONTEXT,
        **named_set(catalog),
        "description": catalog.description,
        "keywords": catalog.keywords,
        "inLanguage": "en",
        "license": LICENCE,
        "hasDefinedTerm": [term(one) for one in patterns],
    }
    return {key: value for key, value in about.items() if value}


def article(catalog: Catalog, entry: Presented) -> Data:
    """One entry: the article, the term that it explains, and the way to it."""
    return {"@context": CONTEXT, "@graph": [text(catalog, entry), explained(catalog, entry), trail(entry.pattern)]}


def text(catalog: Catalog, entry: Presented) -> Data:
    pattern, published_at = entry.pattern, entry.pattern.published_at
    return {
        "@type": "TechArticle",
        "@id": f"{address(pattern)}#article",
        "url": address(pattern),
        "headline": pattern.name,
        "description": pattern.description,
        "articleSection": pattern.category.name,
        "inLanguage": "en",
        **({"datePublished": published_at.isoformat()} if published_at else {}),
        "dateModified": entry.changed_at.isoformat(),
        "author": {"@type": "Organization", "name": catalog.title or NAMELESS, "url": site("patterns:home")},
        "license": LICENCE,
        "mainEntity": {"@id": f"{address(pattern)}#term"},
    }


def explained(catalog: Catalog, entry: Presented) -> Data:
    elsewhere = [known.url for known in entry.document.known_as if known.url]
    other_names = {"alternateName": list(entry.document.aliases), "sameAs": elsewhere}
    return {
        **term(entry.pattern),
        **{key: value for key, value in other_names.items() if value},
        "inDefinedTermSet": named_set(catalog),
    }


def term(pattern: Pattern) -> Data:
    return {
        "@type": "DefinedTerm",
        "@id": f"{address(pattern)}#term",
        "name": pattern.name,
        "termCode": pattern.code,
        "description": pattern.description,
        "url": address(pattern),
    }


def named_set(catalog: Catalog) -> Data:
    home = site("patterns:home")
    return {"@type": "DefinedTermSet", "@id": f"{home}#catalogue", "name": catalog.title or NAMELESS, "url": home}


def trail(pattern: Pattern) -> Data:
    """Where the entry stands: catalogue, category, entry."""
    steps = (
        ("Catalogue", site("patterns:home")),
        (pattern.category.name, f"{settings.SITE_URL}{pattern.category.get_absolute_url()}"),
        (pattern.name, address(pattern)),
    )
    items = [
        {"@type": "ListItem", "position": position, "name": name, "item": place}
        for position, (name, place) in enumerate(steps, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def address(pattern: Pattern) -> str:
    return f"{settings.SITE_URL}{pattern.get_absolute_url()}"


def site(view: str) -> str:
    return f"{settings.SITE_URL}{reverse(view)}"
