"""Which entry an experiment is of: the one that has its slug, or had it in public before an editor renamed it."""

from dataclasses import dataclass

from django.http import Http404

from patterns.lab.experiment import Experiment
from patterns.lab.experiments import BY_SLUG
from patterns.models import FormerSlug, Pattern
from patterns.views.related import place


@dataclass(frozen=True)
class Examined:
    """A published entry and the experiment on it."""

    pattern: Pattern
    experiment: Experiment


def experiment_on(pattern: Pattern) -> Experiment | None:
    """No query for an entry that still has the slug that its experiment knows."""
    if pattern.slug in BY_SLUG:
        return BY_SLUG[pattern.slug]
    former = pattern.former_slugs.filter(slug__in=BY_SLUG).order_by("slug").values_list("slug", flat=True).first()
    return BY_SLUG.get(former) if former else None


def examined() -> list[Examined]:
    """Every published entry with an experiment, in code order."""
    found = {one.slug: one for one in Pattern.objects.published().filter(slug__in=BY_SLUG).for_cards().order_by()}
    if missing := BY_SLUG.keys() - found.keys():
        public = Pattern.objects.published()
        former = FormerSlug.objects.filter(slug__in=missing, pattern__in=public).select_related("pattern__category")
        found |= {one.slug: one.pattern for one in former}
    every = [Examined(pattern, BY_SLUG[slug]) for slug, pattern in found.items()]
    return sorted(every, key=lambda one: place(one.pattern))


def examined_at(slug: str) -> Examined | None:
    """None if no published entry has the slug.

    Raises:
        Http404: if there is no experiment on the one that has it.
    """
    pattern = Pattern.objects.published().filter(slug=slug).select_related("category").first()
    if pattern is None:
        return None
    experiment = experiment_on(pattern)
    if experiment is None:
        raise Http404
    return Examined(pattern, experiment)
