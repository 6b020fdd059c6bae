"""The Markdown twin of an entry's page: the same in plain text, for programs and for whoever keeps notes.

It is shown where it is asked for, and says which state it is of, so that a copy can be told from a newer one.
"""

from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse

from patterns.document.entry import Entry
from patterns.document.prose import Target
from patterns.files.markdown import Edition, LabFinding, RelatedEntry, Surroundings, write_markdown
from patterns.store.public_history import NewestEntry, newest_entry
from patterns.store.reading import consistent_read
from patterns.views.downloads import published_at
from patterns.views.errors import moved_or_gone
from patterns.views.freshness import public, versioned
from patterns.views.lab.index import Trial, trial_of
from patterns.views.relations import PatternLink, others
from patterns.views.rendering import LICENCE, LICENCE_NAME, headers, site_address, whole_address
from patterns.views.sections import backed_by

MARKDOWN_TYPE = "text/markdown"


@public
def markdown_twin(request: HttpRequest, slug: str) -> HttpResponse:
    if not published_at(slug):
        return moved_or_gone(request, slug, view="patterns:pattern_md")
    return twin_response(request, slug=slug)


@versioned
def twin_response(request: HttpRequest, *, slug: str) -> HttpResponse:
    with consistent_read():
        # The related entries are asked for apart, and they have to be of the same moment.
        found = newest_entry(slug)
        if found is None:  # it left the public since it was asked for
            raise Http404
        address = whole_address("pattern", slug)
        text = write_markdown(found.entry, address=address, around=surroundings_of(found))
    about = {
        "Content-Disposition": f'inline; filename="{slug}.md"',
        "Link": f'<{address}>; rel="canonical"',  # crawlers list the page, and not both
    }
    return HttpResponse(text, content_type=f"{MARKDOWN_TYPE}; charset=utf-8", headers=about)


def surroundings_of(found: NewestEntry) -> Surroundings:
    entry, trial, around = found.entry, trial_of(found.entry), others(found.entry)
    (catalog,) = headers()
    return Surroundings(
        related=[
            RelatedEntry(one.label, one.pattern.name, whole_address("pattern", one.pattern.slug), one.why)
            for one in around.related
        ],
        owed=[
            RelatedEntry(
                "", one.pattern.name, whole_address("pattern", one.pattern.slug), one.why, through=names_of(one.through)
            )
            for one in around.owed
        ],
        targets={one.code: Target(one.name, whole_address("pattern", one.slug)) for one in around.public},
        figures=lab_figures(entry, trial),
        finding=finding_of(trial) if trial else None,
        edition=Edition(
            changed_on=found.at.date(),
            catalog=catalog.name,
            address=whole_address("home"),
            version=catalog.version,
            licence=LICENCE_NAME,
            licence_address=LICENCE,
        ),
    )


def names_of(links: Iterable[PatternLink]) -> str:
    return ", ".join(one.name for one in links)


def lab_figures(entry: Entry, trial: Trial | None) -> dict[str, Target]:
    """What the evidence cites of the lab, in words, and the runs that show it."""
    return {
        name: Target(f"{backing.about}: {backing.text}", site_address(backing.address))
        for one in backed_by(entry, trial)
        for name, backing in zip(one.consequence.evidence, one.backings, strict=True)
        if backing.kind == "lab"
    }


def finding_of(trial: Trial) -> LabFinding:
    experiment = trial.experiment
    verdict = trial.told.sentence
    return LabFinding(
        experiment.question, experiment.default.name, verdict, experiment.title, site_address(trial.address)
    )
