"""A small catalogue to be searched, and short ways to ask it."""

from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from patterns.document.entry import Entry
from patterns.search import ListQuery, ListResult, TextPiece, search
from patterns.tests.factories import entry


def gain(quality: str) -> dict[str, str]:
    return {"quality": quality, "sign": "gain", "text": "Better."}


def cost(quality: str) -> dict[str, str]:
    return {"quality": quality, "sign": "cost", "text": "Worse."}


def catalogue() -> list[Entry]:
    return [
        entry(
            "05",
            name="Command Query Split",
            category="Data",
            description="Two models, one to write and one to read.",
            aliases=["CQRS"],
            problem="One model for writes and reads. A saga reads what another saga wrote, saga after saga.",
            consequences=[gain("throughput"), cost("consistency")],
        ),
        entry(
            "06",
            name="Saga",
            category="Transactions",
            description="A long transaction, step by step.",
            solution="Every step has a **compensation** that is idempotent.",
            consequences=[gain("availability"), cost("consistency"), cost("operability")],
        ),
        entry(
            "07",
            name="Outbox",
            category="Transactions",
            description="The change and its message are stored in one transaction.",
            problem="Between commit and broker, events are lost or sent twice.\n\nNobody sees it.",
            use_when=["the broker is not part of the transaction"],
            consequences=[gain("availability"), gain("durability"), cost("latency")],
        ),
        entry(
            "10",
            name="Circuit Breaker",
            category="Résilience",
            description="Calls to a failing dependency end at once.",
            aliases=["Fuse"],
            consequences=[gain("availability")],
            references=[{"title": "Release It", "author": "Michael Nygård"}],
        ),
        entry(
            "11",
            name="Event Log",
            kind="style",
            category="Data",
            description="Everything that happened, in order.",
            solution="The broker keeps what was said.",
        ),
    ]


def query(text: str) -> ListQuery:
    return ListQuery.parse(QueryDict(text))


def ask(text: str, *, page_size: int | None = None) -> ListResult:
    return search(query(text), page_size=page_size)


def names(text: str, *, page_size: int | None = None) -> list[str]:
    return [hit.pattern.name for hit in ask(text, page_size=page_size).hits]


def counts(result: ListResult, facet: str) -> dict[str, int]:
    found = next(one for one in result.facets if one.name == facet)
    return {option.value: option.count for option in found.options}


def marks(pieces: tuple[TextPiece, ...]) -> list[str]:
    return [piece.text for piece in pieces if piece.is_match]


def query_count(text: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        ask(text)
    return len(captured)
