"""The shapes of the answers about one entry: what stands around its document, what backs it, and its past."""

from datetime import datetime
from typing import Literal, Self

from pydantic import Field

from patterns.api.answers import Answer, PatternName, name_values
from patterns.document.entry import Entry
from patterns.document.vocabulary import Quality, Sign
from patterns.lab.verdict import Stance
from patterns.models import Pattern
from patterns.store.public_history import PublicRevision
from patterns.views.evidence import BackedConsequence
from patterns.views.lab.index import Trial
from patterns.views.relations import OwedPattern, RelatedPattern
from patterns.views.rendering import site_address, whole_address


class RelatedAnswer(Answer):
    """A relation as seen from the entry, whichever of the two states it."""

    label: str = Field(description="How the entry relates to the other one, such as: required by.")
    why: str
    pattern: PatternName

    @classmethod
    def of(cls, related: RelatedPattern) -> Self:
        return cls(label=related.label, why=related.why, pattern=PatternName(**name_values(related.pattern)))


class OwedAnswer(Answer):
    """An entry that this one obliges its readers to build."""

    why: str
    through: tuple[PatternName, ...] = Field(
        description="The entries on the way to it; none if it is required at once."
    )
    pattern: PatternName

    @classmethod
    def of(cls, owed: OwedPattern) -> Self:
        through = tuple(PatternName(**name_values(one)) for one in owed.through)
        return cls(why=owed.why, through=through, pattern=PatternName(**name_values(owed.pattern)))


class EvidenceAnswer(Answer):
    """What backs a gain or a cost: a reference of the entry, or a figure of the lab."""

    key: str = Field(description="As the document names it.")
    kind: Literal["source", "lab", "unknown"] = Field(description="What it is; unknown if it leads to nothing.")
    text: str = Field(description="Title of the source, or the figure without and with the pattern.")
    about: str = Field(description="Year of the source; of a figure what it counts, in which situation.")
    url: str = Field(description="Where the source or the run is; empty if it has no address.")


class BackedAnswer(Answer):
    """A gain or a cost with its evidence; with none it is the editors' judgement."""

    quality: Quality
    sign: Sign
    text: str
    evidence: tuple[EvidenceAnswer, ...]

    @classmethod
    def of(cls, backed: BackedConsequence, *, sources: dict[str, str]) -> Self:
        """``sources`` holds, by key, where the references of the entry are."""
        one = backed.consequence
        evidence = (
            EvidenceAnswer(
                key=key,
                kind=backing.kind,
                text=backing.text,
                about=backing.about,
                url=sources.get(key, "") if backing.kind == "source" else site_address(backing.address),
            )
            for key, backing in zip(one.evidence, backed.backings, strict=True)
        )
        return cls(quality=one.quality, sign=one.sign, text=one.text, evidence=tuple(evidence))


class LabLinks(Answer):
    page: str
    json_: str = Field(alias="json", description="One run for programs.")


class LabAnswer(Answer):
    """What the lab found out about the entry in the situation that its experiment begins with."""

    title: str
    question: str
    situation: str
    verdict: str = Field(
        description="Whether the pattern helps there, hurts, or makes no difference that shows.",
        json_schema_extra={"enum": [*Stance]},
    )
    sentence: str = Field(description="The verdict with its figures and its price.")
    links: LabLinks

    @classmethod
    def of(cls, trial: Trial, slug: str) -> Self:
        experiment = trial.experiment
        return cls(
            title=experiment.title,
            question=experiment.question,
            situation=experiment.default.name,
            verdict=trial.told.stance,
            sentence=trial.told.sentence,
            links=LabLinks(page=whole_address("pattern_lab", slug), json_=whole_address("pattern_lab_json", slug)),
        )


class EntryLinks(Answer):
    page: str
    toml: str
    json_: str = Field(alias="json")
    md: str
    category: str
    revisions: str

    @classmethod
    def of(cls, pattern: Pattern) -> Self:
        slug = pattern.slug
        return cls(
            page=whole_address("pattern", slug),
            toml=whole_address("pattern_toml", slug),
            json_=whole_address("pattern_json", slug),
            md=whole_address("pattern_md", slug),
            category=whole_address("category", pattern.category.slug),
            revisions=whole_address("api_revisions", slug),
        )


class PatternAnswer(Answer):
    """One entry, with its relations from both sides."""

    document: Entry = Field(description="The entry as files hold it, and what else has a default.")
    changed_at: datetime
    related: tuple[RelatedAnswer, ...]
    owed: tuple[OwedAnswer, ...] = Field(description="Where its requirements lead, the nearest first.")
    backed: tuple[BackedAnswer, ...] = Field(description="Its gains and costs, in the document's order, with evidence.")
    lab: LabAnswer | None = Field(description="What the lab found out; null without an experiment on it.")
    links: EntryLinks


class RevisionAnswer(Answer):
    """An entry as readers saw it from a change on."""

    number: int = Field(description="Number of the change; later ones are larger.")
    changed_at: datetime
    document: Entry

    @classmethod
    def of(cls, revision: PublicRevision) -> Self:
        return cls(number=revision.number, changed_at=revision.at, document=revision.entry)


class RevisionsAnswer(Answer):
    """The public states of an entry, newest first."""

    items: tuple[RevisionAnswer, ...]
    next: str | None = Field(description="Address of the next page; null on the last one.")
