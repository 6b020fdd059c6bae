"""A catalogue without a finding: each test changes one thing in it."""

from datetime import date
from typing import Any

from patterns.document.entry import Entry
from patterns.lint.finding import Finding
from patterns.lint.rules import lint

TODAY = date(2025, 6, 1)
DESCRIPTION = "Divides the resources of a service so that one failing use cannot exhaust them all."
PROBLEM = """\
A service that calls several others usually draws on one pool of threads and connections. While all of them answer,
nobody notices. Then one becomes slow: every call to it holds a thread until the [[03|timeout]], and callers who never
needed that dependency find the pool empty. *The slowest neighbour decides for everybody.*

Two forces pull against each other:

- A shared pool uses the machine well, because idle capacity of one use serves another.
- A divided pool keeps failures apart, because no use can take more than its share.

Larger pools only delay the end. More threads mean more memory, more switching, and a longer queue in front of a
dependency that is already in trouble. Nor does a timeout solve it alone: with a timeout of two seconds and forty calls
per second, eighty threads hang on one dead host.
"""
SOLUTION = """\
Give each dependency, or each group of callers, a compartment of its own: a pool with a fixed number of threads or a
semaphore with a fixed number of permits. Whoever finds the compartment full gets an answer at once, usually an error or
a stored value, and holds nothing while others go on.

The size follows from numbers that can be observed. Multiply the peak rate of calls by the time that a healthy call
takes, add room for variation, and cap the sum of all compartments below what the process can carry. A semaphore costs
little but leaves a stuck call on the caller's thread; a pool of threads costs a hand-over and can abandon the call.

The same idea works one level up. Separate processes, hosts or whole cells keep tenants apart, at the price of idle
capacity in each. Watch how full the compartments are: one that is always full is too small, and one that nobody fills
wastes what others could use. Combine it with [[02]], which stops calls before they wait, and with
[[03|a limit on retries]]. `maxConcurrent` is the usual name of the setting.
"""


def consequence(quality: str, sign: str, text: str, *evidence: str) -> dict[str, Any]:
    return {"quality": quality, "sign": sign, "text": text, "evidence": [*evidence]}


GOOD: dict[str, Any] = {
    "code": "01",
    "slug": "bulkhead-pattern",
    "name": "Bulkhead Pattern",
    "description": DESCRIPTION,
    "category": "Fault Tolerance",
    "aliases": ["Compartment"],
    "symptoms": [
        "One slow supplier takes down pages that do not need it.",
        "All threads hang on a host that nobody asked for.",
        "The shop stops when the recommendations do.",
    ],
    "problem": PROBLEM,
    "solution": SOLUTION,
    "use_when": [
        "One service calls several dependencies that fail on their own.",
        "Some callers matter more than others.",
        "The peak rate of each dependency is known or can be measured.",
    ],
    "avoid_when": [
        "There is a single dependency, so that nothing remains to be kept apart.",
        "Nobody will watch how full the compartments are.",
        "Memory for idle threads is lacking.",
    ],
    "checks": [
        "Let one dependency hang: all other pages answer as before.",
        "Fill one compartment: the next call is refused at once.",
        "Count the threads under load: no compartment exceeds its share.",
    ],
    "signals": [
        "Refused calls by compartment: its dependency is slow, or its share is too small.",
        "Idle places by compartment: what the others could use.",
    ],
    "origin": {"who": "Michael Nygard", "year": 2007, "url": "https://press.invalid.net/release-it"},
    "consequences": [
        consequence("availability", "gain", "A slow dependency takes its own share and no more.", "nygard-2007"),
        consequence("latency", "gain", "Callers of healthy dependencies do not queue.", "lab:default/waiting"),
        consequence("cost", "cost", "Idle capacity stays in each compartment.", "a-cloud"),
        consequence("operability", "cost", "Sizes need numbers and somebody who revises them.", "a-cloud"),
        consequence("throughput", "cost", "A burst meets its limit although other pools are idle.", "cells"),
    ],
    "relations": [
        {"type": "complements", "target": "02", "why": "One limits how much waits, the other how long."},
        {"type": "uses", "target": "03", "why": "A call that never ends would never free its place."},
        {"type": "weakened by", "target": "04", "why": "Retries fill the compartment again."},
    ],
    "steps": [
        {"sender": "Client", "receiver": "Service", "message": "ask for the page"},
        {"sender": "Service", "receiver": "Compartment", "message": "take a place", "note": "Nine of ten are taken."},
        {"sender": "Service", "receiver": "Stock", "message": "read the stock"},
        {"sender": "Stock", "receiver": "Service", "message": "nothing until the timeout", "kind": "silence"},
        {"sender": "Service", "receiver": "Compartment", "message": "give the place back"},
        {"sender": "Service", "receiver": "Client", "message": "the page without the stock", "kind": "reply"},
    ],
    "references": [
        {
            "key": "nygard-2007",
            "title": "Release It!",
            "author": "Michael Nygard",
            "url": "https://press.invalid.net/release-it",
            "primary": True,
        },
        {"key": "a-cloud", "title": "Bulkhead pattern", "url": "https://cloud.invalid.net/bulkhead"},
        {
            "key": "cells",
            "title": "Cells and seamless tests, TODO and done",
            "url": "https://cells.invalid.net/(tests)?a=%2F#top",
        },
    ],
    "examples": [{"title": "A compartment", "language": "python", "code": "places = 10"}],
    "known_uses": [{"who": "A shop", "what": "It parts its suppliers.", "url": "https://shop.invalid.net/"}],
    "known_as": [{"catalog": "A Cloud", "name": "Bulkhead", "url": "https://cloud.invalid.net/bulkhead"}],
}
OTHERS = {"02": "Circuit Breaker Pattern", "03": "Timeout", "04": "Retry Pattern", "05": "Message-Driven Style"}


def good(**values: Any) -> Entry:
    return Entry.model_validate({**GOOD, **values})


def bare(code: str, **values: Any) -> Entry:
    """An entry with the given keys only, as a draft begins; but readers see it."""
    name = OTHERS.get(code, f"Entry {code}")
    given = {"code": code, "slug": f"entry-{code.lower()}", "name": name, "category": "Fault Tolerance"}
    return Entry.model_validate({**given, "description": "It does one thing, said in one sentence.", **values})


def draft(code: str, **values: Any) -> Entry:
    return bare(code, status="draft", **values)


def cited(slug: str, name: str, sign: str) -> str:
    """What the lab says of figures: of this entry it has two."""
    shown = {("default/waiting", "gain"), ("default/idle", "cost")}
    return "" if slug == "bulkhead-pattern" and (name, sign) in shown else "shows no such thing"


def findings(*changed: Entry, reviewed: dict[str, date] | None = None) -> list[Finding]:
    """Of entry 01 in a catalogue of retired others and the changed ones."""
    entries = {code: bare(code, status="published") for code in OTHERS} | {"01": good()}
    entries |= {one.code: one for one in changed}
    return lint(entries, today=TODAY, reviewed=reviewed or {}, cited=cited, only={"01"})


def found(*changed: Entry) -> list[tuple[str, str, str]]:
    """Rule, severity and key of each finding."""
    return [(one.rule, one.severity, one.key) for one in findings(*changed)]


def changed(key: str, number: int, **values: Any) -> Entry:
    """The good entry with one row of a list changed."""
    rows = [*GOOD[key]]
    rows[number] = {**rows[number], **values}
    return good(**{key: rows})
