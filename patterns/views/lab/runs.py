"""Runs, computed once and kept as pages and programs get them; whatever else a run holds is forgotten."""

from collections.abc import Hashable
from dataclasses import dataclass
from json import dumps

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from patterns.lab.experiments import EXPERIMENTS
from patterns.lab.shown import Shown, document, shown, version
from patterns.lab.simulation import TooManyEvents
from patterns.views.lab.asked import Asked
from patterns.views.lab.charts import charts
from patterns.views.lab.figures import figures_of
from patterns.views.lab.kept import Kept
from patterns.views.lab.timelines import timelines
from patterns.views.lab.turns import Turns

KEPT_COUNT = 128  # of about 100 KB each


@dataclass(frozen=True)
class Ran:
    """``part`` is the part of the page that the run alone decides, ``document`` is the run for programs."""

    part: SafeString
    document: str


class Refused:
    """In the place of a run that was too long, so that it is not begun again."""


_kept: Kept[Ran | Refused] = Kept(most=KEPT_COUNT)
# What entries link to: no crowd with settings of its own drives it out.
_presets: Kept[Ran | Refused] = Kept(most=sum(len(experiment.presets) for experiment in EXPERIMENTS))
_turns = Turns()


def ran(asked: Asked) -> Ran:
    """The run, computed unless it was lately.

    Raises:
        Busy: if too many others are waiting for a run.
        TooManyEvents: if it would take too long.
    """
    key = key_of(asked)
    found = kept_for(asked).get(key) or computed(asked, key)
    if isinstance(found, Refused):
        raise TooManyEvents
    return found


def kept_for(asked: Asked) -> Kept[Ran | Refused]:
    return _presets if asked.is_preset and not asked.seed else _kept


def key_of(asked: Asked) -> Hashable:
    return version(), asked.experiment.slug, asked.parameters, asked.seed


def computed(asked: Asked, key: Hashable) -> Ran | Refused:
    """Raises:
    Busy: if too many others are waiting.
    """
    with _turns.turn():
        kept = kept_for(asked)
        found = kept.get(key) or attempted(asked)  # it may have been computed while this one waited
        kept.put(key, found)
        return found


def attempted(asked: Asked) -> Ran | Refused:
    try:
        return drawn(shown(asked.experiment, asked.parameters, asked.seed))
    except TooManyEvents:
        return Refused()


def drawn(run: Shown) -> Ran:
    context = {
        "figures": figures_of(run),
        "charts": charts(run.experiment, run.outcomes),
        "timelines": timelines(run.experiment, run.outcomes),
    }
    part = render_to_string("patterns/lab/_run.html", context)
    return Ran(part, dumps(document(run), ensure_ascii=False, allow_nan=False, indent=2) + "\n")
