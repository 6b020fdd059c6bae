"""The drill ``cache``: nginx in front of the site keeps published pages for a moment, and nothing else ever.

The nginx is that of docs/deploy/nginx.conf; its header X-Cache says where an answer came from.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field

from rich.box import SIMPLE_HEAD
from rich.table import Table

from patterns.bench.browser import Answer, Browser, browsing
from patterns.bench.freshness import CANARY, ENTRIES, Newsroom
from patterns.bench.machine import until
from patterns.bench.nginx import configuration, nginx
from patterns.bench.scratch import scratch
from patterns.bench.site import SITE, scratch_site, serving

PAGE = "/patterns/saga-pattern/"
KEPT_S = 2.0  # docs/deploy/nginx.conf says one, and nginx counts whole seconds
SLACK_S = 0.5  # for the request that asks the site once more
CHANGES = 6  # every way once
# What no kept file may hold; the name as the admin greets it, since pages tell machines who their publisher is.
PERSONAL = ("set-cookie", "csrfmiddlewaretoken", ">publisher<", CANARY)


@dataclass
class CacheFigures:
    """``checks`` says what was seen, ``failures`` what should not have been."""

    checks: list[tuple[str, str]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def check(self, sentence: str, is_so: object, seen: object) -> None:
        self.checks.append((sentence, str(seen)))
        self.failures += [] if is_so else [f"{sentence}: {seen}"]

    def table(self) -> Table:
        table = Table("", "seen", box=SIMPLE_HEAD)
        for row in self.checks:
            table.add_row(*row)
        return table


def came_from(answer: Answer) -> str:
    return f"{answer.status} {answer.headers.get('x-cache', 'SITE')}"


def cache_figures(*, progress: Callable[[str], None] = lambda what: None) -> CacheFigures:
    """Raises Unexpected or TimeoutError if the site itself does not do what it should."""
    figures = CacheFigures()
    with ExitStack() as stack:
        folder = stack.enter_context(scratch()).folder
        site = stack.enter_context(scratch_site(folder))
        site.prepare()
        [server] = stack.enter_context(serving(site, SITE))
        text = configuration([server.port, server.port], cache=folder)
        proxy = stack.enter_context(nginx(folder, text))
        reader, newsroom = Browser(proxy.port), Newsroom([proxy.port])
        stack.enter_context(browsing(reader, newsroom.publisher, newsroom.editor))
        progress("what is kept")
        check_kept(reader, figures)
        progress("what is written")
        check_written(reader, newsroom, figures)
        progress("what is never kept")
        check_personal(reader, newsroom, figures)
        held = b"".join(path.read_bytes() for path in (folder / "pages").rglob("*") if path.is_file()).lower()
        found = [word for word in PERSONAL if word.encode() in held]
        figures.check("files of the cache hold nothing personal", held and not found, found or "nothing")
        progress("a site that is away")
        reader.get(PAGE)
        server.stop()
        time.sleep(KEPT_S)
        figures.check("a page outlives the site", (seen := came_from(reader.get(PAGE))) == "200 STALE", seen)
    return figures


def check_kept(reader: Browser, figures: CacheFigures) -> None:
    first, second = reader.get(PAGE), reader.get(PAGE)
    figures.check("the first answer is the site's", came_from(first) == "200 MISS", came_from(first))
    is_same = (first.body, first.headers["etag"]) == (second.body, second.headers["etag"])
    figures.check("the second is kept, and the same", is_same and came_from(second) == "200 HIT", came_from(second))
    known = reader.get(PAGE, If_None_Match=first.headers["etag"])
    figures.check("a reader who has it gets a 304", came_from(known) == "304 HIT" and not known.body, came_from(known))
    time.sleep(KEPT_S + 0.2)
    again = reader.get(PAGE)
    figures.check("then the site is asked, and says 304", came_from(again) == "200 REVALIDATED", came_from(again))
    reader.get("/map/", Accept_Encoding="gzip, br")
    other = reader.get("/map/", Accept_Encoding="br,gzip;q=0.5")
    is_br = other.headers.get("content-encoding") == "br"
    figures.check("another spelling of br is the same page", is_br and came_from(other) == "200 HIT", came_from(other))
    plain = reader.get("/map/")
    is_plain = "content-encoding" not in plain.headers and b"<html" in plain.body
    figures.check("who takes no coding gets none", is_plain, plain.headers.get("content-encoding", "none"))


def check_written(reader: Browser, newsroom: Newsroom, figures: CacheFigures) -> None:
    slowest = 0.0
    for _, written in zip(range(CHANGES), newsroom.changes(), strict=False):
        start, path = time.monotonic(), f"/patterns/{written.entry.slug}/"
        wanted = (200, True) if written.is_public else (410, False)

        def is_read(path: str = path, word: str = written.word, wanted: tuple[int, bool] = wanted) -> bool:
            answer = reader.get(path)
            return (answer.status, word in answer.text) == wanted

        until(is_read, what=f"{written.word!r} in {path}")
        slowest = max(slowest, time.monotonic() - start)
    sentence = f"{CHANGES} changes are read two seconds later at most"
    figures.check(sentence, slowest < KEPT_S + SLACK_S, f"{slowest:.2f} s")


def check_personal(reader: Browser, newsroom: Newsroom, figures: CacheFigures) -> None:
    for path in (ENTRIES, "/admin/"):
        seen = {came_from(newsroom.publisher.get(path)) for _ in range(2)}
        stranger = reader.get(path)
        is_hidden = seen == {"200 SITE"} and stranger.status == 302
        figures.check(f"{path} is the publisher's alone", is_hidden, f"{', '.join(seen)}; {stranger.status}")
    newsroom.hide_canaries()
    for path in (f"{PAGE}suggest/", "/patterns/no-such-entry/", "/healthz"):
        seen = {came_from(reader.get(path)).split()[1] for _ in range(2)}
        figures.check(f"{path} is never kept", seen == {"MISS"}, ", ".join(seen))
    public = newsroom.publisher.get("/about/")
    is_same = public.body == reader.get("/about/").body and "set-cookie" not in public.headers
    figures.check("a page is the same for who is signed in", is_same, came_from(public))
    strange = reader.get("/lab/", Host="evil.example")
    after = reader.get("/lab/")
    is_ours = strange.status == 400 and after.status == 200 and b"evil.example" not in after.body
    figures.check("another host is refused, and changes no page", is_ours, f"{strange.status}; {after.status}")
