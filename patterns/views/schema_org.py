"""What pages say to machines in the words of schema.org, as data: a function for each kind of page.

The catalogue is a set of terms and an entry an article on one; lists and comparisons are item lists of them. An
experiment of the lab is a data set (a body of structured information, with figures that can be taken away), and the lab
a catalogue of these.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from patterns.lab.experiment import Experiment, Unit
from patterns.models import Catalog, Pattern
from patterns.search import ListResult
from patterns.views.compare import EntryColumn
from patterns.views.lab.index import ExaminedEntry
from patterns.views.pattern import Presented
from patterns.views.rendering import LICENCE, whole_address

Data = dict[str, Any]
CONTEXT = {"@context": "https://schema.org"}
UNITS = {
    Unit.SHARE: "share of 1",
    Unit.MILLISECONDS: "milliseconds",
    Unit.SECONDS: "seconds",
    Unit.DAYS: "days",
    Unit.COUNT: "count",
}


def term_set(catalog: Catalog, patterns: Iterable[Pattern]) -> Data:
    """The catalogue with these of its entries."""
    about = {
        **CONTEXT,
        **set_data(catalog),
        "description": catalog.description,
        "keywords": catalog.keywords,
        "inLanguage": "en",
        "license": LICENCE,
        "hasDefinedTerm": [term_data(one) for one in patterns],
    }
    return {key: value for key, value in about.items() if value}


def article(catalog: Catalog, entry: Presented) -> Data:
    """One entry: the article, the term that it explains, and the way to it."""
    pattern = entry.pattern
    address, published_at = whole_address("pattern", pattern.slug), pattern.published_at
    text = {
        "@type": "TechArticle",
        "@id": f"{address}#article",
        "url": address,
        "headline": pattern.name,
        "description": pattern.description,
        "articleSection": pattern.category.name,
        "inLanguage": "en",
        **({"datePublished": published_at.isoformat()} if published_at else {}),
        "dateModified": entry.changed_at.isoformat(),
        "author": publisher(catalog),
        "license": LICENCE,
        "image": whole_address("pattern_png", pattern.slug),
        "mainEntity": {"@id": f"{address}#term"},
        "encoding": [
            {
                "@type": "MediaObject",
                "encodingFormat": media_type,
                "contentUrl": whole_address(f"pattern_{suffix}", pattern.slug),
            }
            for suffix, media_type in (("md", "text/markdown"), ("json", "application/json"))
        ],
    }
    elsewhere = [known.url for known in entry.document.known_as if known.url]
    other_names = {"alternateName": list(entry.document.aliases), "sameAs": elsewhere}
    term = {
        **term_data(pattern),
        **{key: value for key, value in other_names.items() if value},
        "inDefinedTermSet": set_data(catalog),
    }
    category = whole_address("category", pattern.category.slug)
    steps = ((pattern.category.name, category), (pattern.name, address))
    return {**CONTEXT, "@graph": [text, term, trail(*steps)]}


def entry_list(result: ListResult, name: str, address: str) -> Data:
    """One page of a list, in its order."""
    count = {} if result.is_capped else {"numberOfItems": result.total}
    return {**CONTEXT, **list_data(result.patterns, name, address), **count}


def shelf(category: Any, patterns: Iterable[Pattern], address: str) -> Data:
    """One page of the entries of a category, a row with ``published_count``, and the way to it."""
    listed = {**list_data(patterns, category.name, address), "numberOfItems": category.published_count}
    about = {"description": category.description} if category.description else {}
    return {**CONTEXT, "@graph": [{**listed, **about}, trail((category.name, address))]}


def comparison(columns: Sequence[EntryColumn], address: str) -> Data:
    """Entries side by side: the terms themselves, none before another."""
    patterns = [column.entry.pattern for column in columns]
    return {
        **CONTEXT,
        "@type": "ItemList",
        "@id": f"{address}#list",
        "url": address,
        "name": " or ".join(one.name for one in patterns),
        "itemListOrder": "https://schema.org/ItemListUnordered",
        "numberOfItems": len(patterns),
        "itemListElement": [
            {"@type": "ListItem", "position": position, "item": term_data(one)}
            for position, one in enumerate(patterns, start=1)
        ],
    }


def lab(catalog: Catalog, examined: Iterable[ExaminedEntry]) -> Data:
    """The lab with its experiments."""
    address = whole_address("lab")
    return {
        **CONTEXT,
        "@type": "DataCatalog",
        "@id": f"{address}#lab",
        "url": address,
        "name": f"The lab of {catalog.name}",
        "license": LICENCE,
        "publisher": publisher(catalog),
        "dataset": [experiment_data(catalog, one.pattern, one.experiment) for one in examined],
    }


def trial(catalog: Catalog, pattern: Pattern, experiment: Experiment) -> Data:
    """One experiment, and the way to it."""
    data = experiment_data(catalog, pattern, experiment)
    steps = ((pattern.name, whole_address("pattern", pattern.slug)), (experiment.title, data["url"]))
    catalogued = {"includedInDataCatalog": {"@id": f"{whole_address('lab')}#lab"}}
    return {**CONTEXT, "@graph": [{**data, **catalogued}, trail(*steps)]}


def experiment_data(catalog: Catalog, pattern: Pattern, experiment: Experiment) -> Data:
    address = whole_address("pattern_lab", pattern.slug)
    return {
        "@type": "Dataset",
        "@id": f"{address}#data",
        "url": address,
        "name": experiment.title,
        "description": f"{experiment.question} A simulated system runs without {pattern.name} and with it, under the "
        "same load and the same faults.",
        "about": {"@id": f"{whole_address('pattern', pattern.slug)}#term"},
        "creator": publisher(catalog),
        "license": LICENCE,
        "isAccessibleForFree": True,
        "measurementTechnique": "discrete-event simulation",
        "variableMeasured": [
            {"@type": "PropertyValue", "name": one.name, "unitText": UNITS[one.unit]} for one in experiment.metrics
        ],
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": "application/json",
                "contentUrl": whole_address("pattern_lab_json", pattern.slug),
            }
        ],
    }


# What several of them hold.


def term_data(pattern: Pattern) -> Data:
    address = whole_address("pattern", pattern.slug)
    return {
        "@type": "DefinedTerm",
        "@id": f"{address}#term",
        "name": pattern.name,
        "termCode": pattern.code,
        "description": pattern.description,
        "url": address,
    }


def set_data(catalog: Catalog) -> Data:
    home = whole_address("home")
    return {"@type": "DefinedTermSet", "@id": f"{home}#catalogue", "name": catalog.name, "url": home}


def publisher(catalog: Catalog) -> Data:
    return {"@type": "Organization", "name": catalog.name, "url": whole_address("home")}


def list_data(patterns: Iterable[Pattern], name: str, address: str) -> Data:
    """Addresses and names: what else there is to know stands on the page of each entry."""
    items = [
        {"@type": "ListItem", "position": position, "url": whole_address("pattern", one.slug), "name": one.name}
        for position, one in enumerate(patterns, start=1)
    ]
    return {
        "@type": "ItemList",
        "@id": f"{address}#list",
        "url": address,
        "name": name,
        "itemListElement": items,
    }


def trail(*steps: tuple[str, str]) -> Data:
    """Names and addresses of the pages on the way from the catalogue."""
    items = [
        {"@type": "ListItem", "position": position, "name": name, "item": address}
        for position, (name, address) in enumerate((("Catalogue", whole_address("home")), *steps), start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


DESCRIPTIONS = (term_set, article, entry_list, shelf, comparison, lab, trial)
