"""What an experiment takes for granted, the theory that it meets, and its program: the same on each of its pages."""

from functools import cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from patterns.lab.experiment import Experiment
from patterns.views.lab.entries import BY_SLUG
from patterns.views.lab.source import modules_of


def about_part(experiment: Experiment) -> SafeString:
    """The same object at every call."""
    return _shown(experiment.slug)


@cache
def _shown(slug: str) -> SafeString:
    experiment = BY_SLUG[slug]
    context = {"experiment": experiment, "modules": modules_of(experiment)}
    return render_to_string("patterns/lab/_about.html", context)
