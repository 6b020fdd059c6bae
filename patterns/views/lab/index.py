"""All experiments, and how to read them."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from patterns.lab.golden import stored_verdict
from patterns.lab.sweep import SEEDS
from patterns.lab.verdict import Verdict
from patterns.views.lab.entries import Examined, examined
from patterns.views.lab.presets import PresetLink, without_help
from patterns.views.page import render_page
from patterns.views.public import public


@dataclass(frozen=True)
class Listed:
    """``told`` is about the default preset; ``unhelped`` are the presets in which the pattern does not help."""

    examined: Examined
    told: Verdict
    unhelped: list[PresetLink]


@public
def index(request: HttpRequest) -> HttpResponse:
    listed = [listed_of(one) for one in examined()]
    return render_page(
        request, "patterns/lab_index.html", path=reverse("patterns:lab"), listed=listed, run_count=len(SEEDS)
    )


def listed_of(one: Examined) -> Listed:
    experiment = one.experiment
    return Listed(one, stored_verdict(experiment, experiment.default), without_help(experiment))
