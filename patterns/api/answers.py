"""The shapes of the answers. An entry is the document that files hold; around it stands what only the site knows."""

from typing import Any, Self
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from patterns.api.parameters import TOLD_AS
from patterns.document.vocabulary import Kind
from patterns.models import Catalog, Pattern
from patterns.search import Facet, ListQuery, ListResult
from patterns.views.relations import PatternLink
from patterns.views.rendering import whole_address


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, serialize_by_alias=True)


class StartAnswer(Answer):
    """Where everything is."""

    docs: str = Field(description="This interface, explained to people.")
    openapi: str = Field(description="This interface, described in OpenAPI 3.1.")
    catalog: str
    categories: str
    patterns: str

    @classmethod
    def here(cls) -> Self:
        return cls(**{name: whole_address(f"api_{name}") for name in cls.model_fields})


class CatalogLinks(Answer):
    page: str
    toml: str
    # Pydantic's models have methods of these two names.
    json_: str = Field(alias="json")
    csv: str
    schema_: str = Field(alias="schema", description="JSON Schema of the file.")
    categories: str
    patterns: str


class CatalogAnswer(Answer):
    """What the catalogue says of itself."""

    title: str
    description: str
    keywords: tuple[str, ...]
    links: CatalogLinks

    @classmethod
    def of(cls, catalog: Catalog) -> Self:
        links = CatalogLinks(
            page=whole_address("home"),
            toml=whole_address("catalog_toml"),
            json_=whole_address("catalog_json"),
            csv=whole_address("catalog_csv"),
            schema_=whole_address("catalog_schema"),
            categories=whole_address("api_categories"),
            patterns=whole_address("api_patterns"),
        )
        keywords = tuple(catalog.keywords)
        return cls(title=catalog.title, description=catalog.description, keywords=keywords, links=links)


class CategoryLinks(Answer):
    page: str
    patterns: str = Field(description="The entries of the category.")


class CategoryAnswer(Answer):
    name: str
    slug: str
    description: str
    pattern_count: int = Field(description="How many entries readers see in it.")
    links: CategoryLinks

    @classmethod
    def of(cls, category: Any) -> Self:
        """``category`` is a row with ``published_count``."""
        patterns = whole_address("api_patterns", suffix=f"?category={category.slug}")
        links = CategoryLinks(page=whole_address("category", category.slug), patterns=patterns)
        about = {"name": category.name, "slug": category.slug, "description": category.description}
        return cls(**about, pattern_count=category.published_count, links=links)


class CategoriesAnswer(Answer):
    """The categories that have entries, in their order."""

    items: tuple[CategoryAnswer, ...]


class PatternLinks(Answer):
    api: str = Field(description="The whole entry.")
    page: str


class PatternName(Answer):
    """What it takes to name an entry and to lead to it."""

    code: str
    slug: str
    name: str
    links: PatternLinks


def name_values(pattern: Pattern | PatternLink) -> dict[str, Any]:
    """The values of a PatternName."""
    links = PatternLinks(api=whole_address("api_pattern", pattern.slug), page=whole_address("pattern", pattern.slug))
    return {"code": pattern.code, "slug": pattern.slug, "name": pattern.name, "links": links}


class PatternSummary(PatternName):
    description: str
    kind: Kind
    category: str = Field(description="Name of the category.")

    @classmethod
    def of(cls, pattern: Pattern) -> Self:
        about: dict[str, Any] = {"description": pattern.description, "kind": pattern.kind}
        return cls(**name_values(pattern), **about, category=pattern.category.name)


class OptionAnswer(Answer):
    value: str
    label: str
    count: int = Field(description="How many entries the list would have of it; at least so many if is_capped.")


class FacetAnswer(Answer):
    name: str = Field(description="The parameter that narrows the list.")
    options: tuple[OptionAnswer, ...]
    is_capped: bool = Field(description="Whether only some of the entries were counted, because there are too many.")

    @classmethod
    def of(cls, facet: Facet) -> Self:
        options = (OptionAnswer(value=one.value, label=one.label, count=one.count) for one in facet.options)
        return cls(name=facet.name, options=tuple(options), is_capped=facet.is_capped)


class PatternsAnswer(Answer):
    """One page of the list."""

    items: tuple[PatternSummary, ...]
    total: int = Field(description="Entries on all pages.")
    is_capped: bool = Field(description="Whether more entries may match than total says.")
    is_partial: bool = Field(description="Whether some items lack words: then they have those that tell most.")
    facets: tuple[FacetAnswer, ...] = Field(description="What the list can be narrowed by.")
    did_you_mean: str | None = Field(description="Address of the list for words that are in the catalogue.")
    next: str | None = Field(description="Address of the next page; null on the last one.")

    @classmethod
    def of(cls, result: ListResult) -> Self:
        return cls(
            items=tuple(map(PatternSummary.of, result.patterns)),
            total=result.total,
            is_capped=result.is_capped,
            is_partial=result.is_partial,
            facets=tuple(map(FacetAnswer.of, result.facets)),
            did_you_mean=list_address(result.did_you_mean),
            next=list_address(result.next),
        )


def list_address(query: ListQuery | None) -> str | None:
    """With the parameters as they are told here."""
    if query is None:
        return None
    pairs = [(TOLD_AS.get(name, name), value) for name, value in query.pairs()]
    return whole_address("api_patterns", suffix=f"?{urlencode(pairs)}" if pairs else "")
