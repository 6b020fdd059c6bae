"""What addresses may ask for. What a page of the site overlooks is refused here: a program should know."""

from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import BaseModel, Field, StringConstraints

from patterns.api.problems import UnknownParameters
from patterns.document.text import CODE, SLUG, SLUG_LENGTH
from patterns.document.vocabulary import Kind, Quality
from patterns.search.query import Q_LENGTH, SORTS, VALUE_COUNT

NUMBER_LIMIT = 10**15  # of changes; beyond any catalogue, and within the databases' integers
Slug = Annotated[str, StringConstraints(pattern=f"^{SLUG.pattern}$", max_length=SLUG_LENGTH)]
Sort = Annotated[str, StringConstraints(pattern=f"^(?:{'|'.join(SORTS)})$")]
Code = Annotated[str, StringConstraints(pattern=f"^(?:{CODE.pattern})?$")]


def several(description: str, **more: Any) -> Any:
    return Field(default=[], description=f"{description} May be repeated.", **more)


class ListParameters(Schema):
    """The parameters of the list, named as on its page."""

    q: str = Field(default="", max_length=Q_LENGTH, description="Words to look for, in names before other texts.")
    category: list[Slug] = several("Slug of a category that entries are in.", max_length=VALUE_COUNT)
    not_category: list[Slug] = several("Slug of a category to leave out.", alias="-category", max_length=VALUE_COUNT)
    kind: list[Kind] = several("Kind of entry.")
    not_kind: list[Kind] = several("Kind of entry to leave out.", alias="-kind")
    gains: list[Quality] = several("Quality that entries gain.")
    not_gains: list[Quality] = several("Quality that entries must not gain.", alias="-gains")
    costs: list[Quality] = several("Quality that entries pay with.")
    not_costs: list[Quality] = several("Quality that entries must not pay with.", alias="-costs")
    sort: Sort | None = Field(default=None, description="Order: relevance (if there are words), code, name, changed.")
    after: Code = Field(default="", description="Code of the entry behind which the page begins; next states it.")


class PageParameters(Schema):
    before: int | None = Field(
        default=None, ge=1, le=NUMBER_LIMIT, description="Only revisions before the change with this number."
    )


def only_known(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse parameters that the operation does not have, instead of answering something else than what was asked."""

    @wraps(view)
    def checked(request: HttpRequest, **given: Any) -> HttpResponse:
        models = [type(value) for value in given.values() if isinstance(value, BaseModel)]
        known = [field.alias or name for model in models for name, field in model.model_fields.items()]
        if unknown := sorted(request.GET.keys() - {*known}):
            raise UnknownParameters(unknown, known)
        return view(request, **given)

    return checked
