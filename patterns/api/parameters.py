"""What addresses may ask for. What a page of the site overlooks is refused here: a program should know."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, TypeVar, get_origin

from django.http import QueryDict
from pydantic import BaseModel, Field, StringConstraints, ValidationError

from patterns.document.text import CODE, SLUG, SLUG_LENGTH, shortened
from patterns.document.vocabulary import Kind, Quality
from patterns.search.query import FACETS, Q_LENGTH, SORTS, VALUE_COUNT

NUMBER_LIMIT = 10**15  # of changes; beyond any catalogue, and within the databases' integers
ERROR_COUNT = 20  # told at once; an address has room for a thousand
Slug = Annotated[str, StringConstraints(pattern=f"^{SLUG.pattern}$", max_length=SLUG_LENGTH)]
Sort = Annotated[str, StringConstraints(pattern=f"^(?:{'|'.join(SORTS)})$")]
Code = Annotated[str, StringConstraints(pattern=f"^(?:{CODE.pattern})?$")]
P = TypeVar("P", bound=BaseModel)
# Generators of clients make one name of "category" and "-category", as the page has them, and leave out the operation.
# The page's spelling is understood here, too, and not told of.
TOLD_AS: Final = {f"-{name}": f"not_{name}" for name in FACETS}
ON_PAGE: Final = {told: name for name, told in TOLD_AS.items()}


def several(description: str, **more: Any) -> Any:
    return Field(default=[], description=f"{description} May be repeated.", **more)


class ListParameters(BaseModel):
    """The parameters of the list."""

    q: str = Field(default="", max_length=Q_LENGTH, description="Words to look for, in names before other texts.")
    category: list[Slug] = several("Slug of a category that entries are in.", max_length=VALUE_COUNT)
    not_category: list[Slug] = several("Slug of a category to leave out.", max_length=VALUE_COUNT)
    kind: list[Kind] = several("Kind of entry.")
    not_kind: list[Kind] = several("Kind of entry to leave out.")
    gains: list[Quality] = several("Quality that entries gain.")
    not_gains: list[Quality] = several("Quality that entries must not gain.")
    costs: list[Quality] = several("Quality that entries pay with.")
    not_costs: list[Quality] = several("Quality that entries must not pay with.")
    sort: Sort | None = Field(default=None, description="Order: relevance (if there are words), code, name, changed.")
    after: Code = Field(default="", description="Code of the entry behind which the page begins; next states it.")


class PageParameters(BaseModel):
    before: int | None = Field(
        default=None, ge=1, le=NUMBER_LIMIT, description="Only revisions before the change with this number."
    )


class NoParameters(BaseModel):
    pass


class RefusedParameters(Exception):
    """``errors`` holds the name of each parameter that is meant, and what is wrong with it."""

    def __init__(self, detail: str, errors: list[tuple[str, str]]) -> None:
        self.detail, self.errors = detail, errors[:ERROR_COUNT]
        super().__init__(detail)


def read_parameters(model: type[P], query: QueryDict) -> P:
    """What a query says, checked.

    Raises:
        RefusedParameters: if a value cannot be, or a parameter is unknown: the answer would be to another question.
    """
    fields, query = model.model_fields, renamed(query, TOLD_AS)
    given = {
        name: query.getlist(name) if get_origin(field.annotation) is list else query[name]
        for name, field in fields.items()
        if name in query
    }
    try:
        parameters = model.model_validate(given)
    except ValidationError as error:
        errors = [(str(one["loc"][0]), one["msg"]) for one in error.errors()]
        raise RefusedParameters("The address has parameters with values that they cannot have.", errors) from error
    # Only now: as long as a value is wrong, that is what there is to say.
    if unknown := sorted(query.keys() - fields.keys()):
        known = f"known ones are {', '.join(fields)}" if fields else "none is known here"
        errors = [(shortened(name), f"is unknown; {known}") for name in unknown]
        raise RefusedParameters("The address has parameters that mean nothing here.", errors)
    return parameters


def renamed(query: QueryDict, names: Mapping[str, str]) -> QueryDict:
    """The same values under other names; what has none keeps its own."""
    found = QueryDict(mutable=True)
    for name, values in query.lists():
        for value in values:
            found.appendlist(names.get(name, name), value)
    return found
