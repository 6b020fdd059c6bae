"""The pages of a save that came too late."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from patterns.admin.clash import Carried, Clash, key_of
from patterns.admin.documents import DocumentAdmin, signed_in
from patterns.admin.kept import name_of, row_of
from patterns.admin.three_way import Decision, texts_of
from patterns.document.entry import Table
from patterns.document.problems import Problem
from patterns.models import Revision
from patterns.store.history import latest_revision
from patterns.workflow.roles import actor_of
from patterns.workflow.rules import Operation, answer


class ConflictPages(DocumentAdmin):
    def conflict_page(
        self,
        request: HttpRequest,
        clash: Clash,
        now: Table | None,
        *,
        decision: Decision | None = None,
        carried: Carried | None = None,
        problems: Sequence[Problem] = (),
    ) -> HttpResponse:
        if now is None:
            return self.deleted_page(request, clash)
        row, carried = row_of(self.model, clash.identity), carried or Carried(initial=clash.carried(now))
        if clash.what == "category" and row is not None and (clash.place or "place" in carried.errors):
            carried.with_place(row.position + 1)
        context = {
            "title": f"Somebody was faster: {name_of(now)}",
            "decision": decision or clash.decision(now, None),
            "carried": carried,
            "faster": faster(clash),
            "problems": [one for one in problems if key_of(one) not in clash.keys],
            "row": row,
        }
        return self.conflict_response(request, "admin/patterns/conflict.html", context)

    def deleted_page(
        self, request: HttpRequest, clash: Clash, *, carried: Carried | None = None, problems: Sequence[Problem] = ()
    ) -> HttpResponse:
        may = Operation.CREATE if clash.what == "entry" else Operation.SHELVE
        context = {
            "title": f"Deleted meanwhile: {name_of(clash.mine)}",
            "texts": [*texts_of(clash.mine)],
            "carried": carried or Carried(initial=clash.carried(None)),
            "faster": faster(clash),
            "problems": problems,
            "may_create": answer(may, actor_of(signed_in(request))) == "yes",
        }
        return self.conflict_response(request, "admin/patterns/conflict_deleted.html", context)

    def lost_page(
        self, request: HttpRequest, texts: list[tuple[str, str]], problems: list[str], *, status: int
    ) -> HttpResponse:
        context = {"title": "This cannot be saved", "texts": texts, "problems": problems}
        return self.conflict_response(request, "admin/patterns/conflict_lost.html", context, status=status)

    def conflict_response(
        self, request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
    ) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        return TemplateResponse(request, template, {**shared, **context}, status=status)


def faster(clash: Clash) -> Revision | None:
    return latest_revision(clash.what, clash.identity)
