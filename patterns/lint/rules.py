"""The rules, and their run over a catalogue."""

from collections.abc import Collection, Mapping
from datetime import date

from patterns.document.entry import Entry, code_order
from patterns.lint import relations, sections, sources, syntax, wording
from patterns.lint.finding import Catalogue, Finding, Rule

# The worst first: findings are told in this order.
RULES = (
    Rule("unfinished", "error", wording.unfinished),
    Rule("contradiction", "error", sections.contradiction),
    Rule("alias-of-another", "error", sources.alias_of_another),
    Rule("dangling-relation", "error", relations.dangling_relation),
    Rule("both-directions", "error", relations.both_directions),
    Rule("contradictory-relations", "error", relations.contradictory),
    Rule("dangling-link", "error", relations.dangling_link),
    Rule("malformed-url", "error", sources.malformed_url),
    Rule("missing-section", "warning", sections.missing),
    Rule("description-length", "warning", sections.description_length),
    Rule("section-length", "warning", sections.section_length),
    Rule("section-count", "warning", sections.section_count),
    Rule("no-cost", "warning", sections.no_cost),
    Rule("few-costs", "warning", sections.few_costs),
    Rule("few-qualities", "warning", sections.few_qualities),
    Rule("near-contradiction", "warning", sections.near_contradiction),
    Rule("look-alike", "warning", sources.look_alike),
    Rule("not-rendered", "warning", syntax.not_rendered),
    Rule("near-identical", "warning", relations.near_identical),
    Rule("same-opening", "warning", relations.same_opening),
    Rule("foreign-subject", "warning", relations.foreign_subject),
    Rule("relation-without-reason", "warning", relations.without_reason),
    Rule("self-link", "warning", relations.self_link),
    Rule("no-primary-reference", "warning", sources.no_primary_reference),
    Rule("duplicate-url", "warning", sources.duplicate_url),
    Rule("filler", "warning", wording.filler),
    Rule("long-sentence", "warning", wording.long_sentence),
    Rule("not-reviewed", "warning", sections.not_reviewed),
    Rule("wordy", "hint", wording.wordy),
    Rule("passive-chain", "hint", wording.passive_chain),
    Rule("hidden-link", "hint", relations.hidden_link),
)


def lint(
    entries: Mapping[str, Entry], *, today: date, reviewed: Mapping[str, date], only: Collection[str] | None = None
) -> list[Finding]:
    """All findings by code, the worst of each entry first; retired entries are left alone.

    ``reviewed`` is the day of each entry's newest revision. ``only`` are the codes of those that are looked at; all
    the others are still what they are compared with.
    """
    catalogue = Catalogue(entries, today, reviewed)
    wanted = [one for code, one in catalogue.manuscripts.items() if only is None or code in only]
    findings = [finding for one in wanted for rule in RULES for finding in rule.findings(one, catalogue)]
    return sorted(findings, key=lambda finding: code_order(finding.code))
