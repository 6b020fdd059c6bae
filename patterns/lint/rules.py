"""The rules, and their run over a catalogue."""

from collections.abc import Collection, Mapping
from datetime import date

from patterns.document.entry import Entry, code_order
from patterns.lint import evidence, relations, sections, sources, syntax, terms, wording
from patterns.lint.finding import NO_EVIDENCE, Catalogue, Cited, Finding, Rule

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
    Rule("unresolved-evidence", "error", evidence.unresolved_evidence),
    Rule("unknown-variant", "error", evidence.unknown_variant),
    Rule("example-broken", "error", evidence.example_broken),
    Rule("missing-section", "warning", sections.missing),
    Rule("description-length", "warning", sections.description_length),
    Rule("section-length", "warning", sections.section_length),
    Rule("section-count", "warning", sections.section_count),
    Rule("no-cost", "warning", sections.no_cost),
    Rule("few-costs", "warning", sections.few_costs),
    Rule("few-qualities", "warning", sections.few_qualities),
    Rule("near-contradiction", "warning", sections.near_contradiction),
    Rule("negated-condition", "warning", sections.negated_condition),
    Rule("shared-symptom", "warning", sections.shared_symptom),
    Rule("vague-failure", "warning", evidence.vague_failure),
    Rule("look-alike", "warning", sources.look_alike),
    Rule("not-rendered", "warning", syntax.not_rendered),
    Rule("near-identical", "warning", relations.near_identical),
    Rule("same-opening", "warning", relations.same_opening),
    Rule("foreign-subject", "warning", relations.foreign_subject),
    Rule("relation-without-reason", "warning", relations.without_reason),
    Rule("unlinked-mention", "warning", relations.unlinked_mention),
    Rule("self-link", "warning", relations.self_link),
    Rule("no-primary-reference", "warning", sources.no_primary_reference),
    Rule("use-without-source", "warning", evidence.use_without_source),
    Rule("example-untested", "warning", evidence.example_untested),
    Rule("long-example", "warning", evidence.long_example),
    Rule("duplicate-url", "warning", sources.duplicate_url),
    Rule("other-term", "warning", terms.other_term),
    Rule("filler", "warning", wording.filler),
    Rule("long-sentence", "warning", wording.long_sentence),
    Rule("not-reviewed", "warning", sections.not_reviewed),
    Rule(NO_EVIDENCE, "hint", evidence.no_evidence),
    Rule("unused-reference", "hint", evidence.unused_reference),
    Rule("wordy", "hint", wording.wordy),
    Rule("passive-chain", "hint", wording.passive_chain),
    Rule("hidden-link", "hint", relations.hidden_link),
)


def lint(
    entries: Mapping[str, Entry],
    *,
    today: date,
    reviewed: Mapping[str, date],
    cited: Cited,
    only: Collection[str] | None = None,
) -> list[Finding]:
    """All findings by code, the worst of each entry first; retired entries are left alone.

    ``reviewed`` is the day of each entry's newest revision, and ``cited`` what is asked of figures of the lab. ``only``
    are the codes of those that are looked at; all the others are still what they are compared with.
    """
    catalogue = Catalogue(entries, today, reviewed, cited)
    wanted = [one for code, one in catalogue.manuscripts.items() if only is None or code in only]
    findings = [finding for one in wanted for rule in RULES for finding in rule.findings(one, catalogue)]
    return sorted(findings, key=lambda finding: code_order(finding.code))
