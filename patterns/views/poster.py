"""The picture of an entry that messengers and other sites show beside a link to it."""

from threading import Lock

from cachetools import LRUCache, cached
from django.http import Http404, HttpRequest, HttpResponse

from patterns.drawing.poster import Poster, PosterFigure, poster_png
from patterns.lab.evidence import cited_figure
from patterns.lab.experiment import Experiment
from patterns.models import Pattern
from patterns.store.reading import consistent_read
from patterns.views.downloads import published_at
from patterns.views.errors import moved_or_gone
from patterns.views.freshness import public, versioned
from patterns.views.lab.index import experiment_on
from patterns.views.rendering import headers

KEPT_SIZE = 8 * 1024**2  # bytes of a process
# Drawing one takes as long as making ten pages, and few changes of the catalogue change it.
kept_png = cached(LRUCache[Poster, bytes](KEPT_SIZE, getsizeof=len), lock=Lock())(poster_png)


@public
def pattern_picture(request: HttpRequest, slug: str) -> HttpResponse:
    if not published_at(slug):
        return moved_or_gone(request, slug, view="patterns:pattern_png")
    return picture_response(request, slug=slug)


@versioned
def picture_response(request: HttpRequest, *, slug: str) -> HttpResponse:
    with consistent_read():
        pattern = Pattern.objects.published().filter(slug=slug).for_cards().first()
        if pattern is None:  # it left the public since it was asked for
            raise Http404
        (catalog,) = headers()
        experiment = experiment_on(pattern)
    poster = Poster(
        code=pattern.code,
        slug=pattern.slug,
        name=pattern.name,
        description=pattern.description,
        category=pattern.category.name,
        position=pattern.category.position,
        catalog=catalog.name,
        figure=figure_of(experiment) if experiment else None,
    )
    return HttpResponse(kept_png(poster), content_type="image/png")


def figure_of(experiment: Experiment) -> PosterFigure | None:
    """The one that decides the verdict, in the situation that the experiment begins with."""
    figure = cited_figure(experiment.default.key, experiment)
    return PosterFigure(figure.metric.name, figure.before, figure.after) if figure.sign else None
