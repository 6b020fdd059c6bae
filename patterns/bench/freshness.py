"""The drill ``freshness``: whoever reads after a change was written reads the change, in every process.

Two gunicorns serve one database. A publisher and an editor write through them by turns, each way there is, and after
each commit both are asked for what it shows on: the first answer must say it. What is not public (a draft, words of a
proposal, comments) carries a word that no page may ever show.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice

from rich.box import SIMPLE_HEAD
from rich.table import Table

from patterns.bench.browser import Answer, Browser, Unexpected, browsing
from patterns.bench.scratch import given, scratch
from patterns.bench.site import PASSWORD, SITE, scratch_site, serving
from patterns.document.catalog import Document, Header
from patterns.document.entry import Entry
from patterns.document.register import with_values
from patterns.files.toml import write_toml

CANARY = "canarywithoutacage"
ENTRIES = "/admin/patterns/pattern/"
PROPOSALS = "/admin/patterns/proposal/"


@dataclass(frozen=True)
class Written:
    """What was committed: an entry that says ``word``, or that readers lost."""

    way: str
    entry: Entry
    word: str
    is_public: bool = True


@dataclass
class FreshnessFigures:
    """Counts by the way of writing; ``failures`` says what was stale, and what showed what is not public."""

    changes: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    stale: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def table(self) -> Table:
        table = Table(box=SIMPLE_HEAD)
        table.add_column("written by", no_wrap=True)
        for heading in ("changes", "answers", "stale"):
            table.add_column(heading, justify="right", no_wrap=True)
        for way, count in self.changes.items():
            table.add_row(way, f"{count:,}", f"{self.answers[way]:,}", f"{self.stale[way]:,}")
        totals = (f"{one.total():,}" for one in (self.changes, self.answers, self.stale))
        table.add_row("together", *totals, style="bold")
        return table


def freshness_figures(
    *, changes: int, application: str = SITE, progress: Callable[[FreshnessFigures], None] = lambda found: None
) -> FreshnessFigures:
    """Raises Unexpected if something cannot be written, and TimeoutError if a server does not start."""
    figures = FreshnessFigures()
    with ExitStack() as stack:
        site = stack.enter_context(scratch_site(stack.enter_context(scratch()).folder))
        site.prepare()
        ports = [server.port for server in stack.enter_context(serving(site, application, application))]
        readers = [Browser(port) for port in ports]
        newsroom = Newsroom(ports)
        stack.enter_context(browsing(*readers, newsroom.publisher, newsroom.editor))
        newsroom.hide_canaries()
        for number, written in enumerate(islice(newsroom.changes(), changes)):
            compare(written, readers, turn=number, figures=figures)
            progress(figures)
    return figures


def compare(written: Written, readers: list[Browser], *, turn: int, figures: FreshnessFigures) -> None:
    """Ask both processes for each page that shows the change; which one is asked first goes round."""
    figures.changes[written.way] += 1
    pages = [*expected(written).items()]
    for reader in readers[turn % 2 :] + readers[: turn % 2]:
        for path, is_right in pages[turn % len(pages) :] + pages[: turn % len(pages)]:
            answer = reader.get(path)
            figures.answers[written.way] += 1
            if not is_right(answer):
                figures.stale[written.way] += 1
                figures.failures.append(f"{path} was stale after change {turn + 1} ({written.way}).")
            if CANARY in answer.text:
                figures.failures.append(f"{path} showed what is not public after change {turn + 1} ({written.way}).")


def expected(written: Written) -> dict[str, Callable[[Answer], bool]]:
    """Path → whether an answer shows what was written."""
    slug = written.entry.slug

    def says(answer: Answer) -> bool:
        return answer.status == 200 and (written.word in answer.text) == written.is_public

    def is_there(answer: Answer) -> bool:
        return says(answer) if written.is_public else answer.status == 410

    def is_found(answer: Answer) -> bool:
        return answer.status == 200 and (f"/patterns/{slug}/" in answer.text) == written.is_public

    return {
        f"/patterns/{slug}/": is_there,
        f"/patterns/{slug}.json": is_there,
        "/catalog.toml": says,
        f"/patterns/?q={written.word}": is_found,
    }


class Newsroom:
    """A publisher and an editor, who change one entry after the other through one server after the other."""

    def __init__(self, ports: list[int]) -> None:
        self.ports, self.number = ports, 0
        self.publisher, self.editor = Browser(ports[0]), Browser(ports[0])
        self.publisher.sign_in("publisher", PASSWORD)
        self.editor.sign_in("editor", PASSWORD)
        *self.entries, self.unchanged = given().entries.values()
        listed = self.publisher.get(ENTRIES).text
        self.keys = {code: key for key, code in re.findall(rf'href="{ENTRIES}(\d+)/change/[^"]*">([^< ]+)</a>', listed)}
        self.words: dict[str, list[str]] = {entry.code: [] for entry in self.entries}

    def changes(self) -> Iterator[Written]:
        """Without an end: six ways in turn for each of the entries in turn."""
        while True:
            for entry in self.entries:
                for write in (self.save, self.take_file, self.restore, self.propose, self.retire, self.publish):
                    self.number += 1
                    port = self.ports[self.number // 2 % len(self.ports)]  # each way through each of them
                    self.publisher.port = self.editor.port = port
                    yield write(entry)

    def hide_canaries(self) -> None:
        """A draft, a reader's words and a proposal that stays open; every comment of the changes is one more."""
        form = self.publisher.get(f"{ENTRIES}add/")
        fields = {"code": "canary", "slug": CANARY, "name": CANARY, "description": f"{CANARY}.", "comment": CANARY}
        page = form.form("description")
        category = re.search(r'<option value="(\d+)"', form.text[form.text.index('name="category"') :])
        assert category is not None
        done(self.publisher.post(page.action or form.path, page.filled(**fields, category=category[1])))
        reader = Browser(self.ports[0])
        with browsing(reader):
            suggestion = reader.get(f"/patterns/{self.entries[0].slug}/suggest/")
            done(reader.send(suggestion, holding="words", words=f"Write {CANARY} here, please.", name=CANARY))
        form = self.editor.get(f"{ENTRIES}{self.keys[self.unchanged.code]}/change/")
        done(self.editor.send(form, holding="description", description=f"{CANARY}.", comment=CANARY))

    # The ways to write.

    def save(self, entry: Entry) -> Written:
        word = self.next_word(entry)
        form = self.publisher.get(f"{ENTRIES}{self.keys[entry.code]}/change/")
        texts = {"description": self.described(entry, word), "comment": CANARY}
        done(self.publisher.send(form, holding="description", **texts))
        return Written("a save in the admin", entry, word)

    def take_file(self, entry: Entry) -> Written:
        """The entry differs from the file that was read before it, so that there is a conflict to decide as well."""
        word = self.next_word(entry)
        changed = with_values(entry, {"description": self.described(entry, word)})
        file = write_toml(Document(Header(), {}, {entry.code: changed})).encode()
        form = self.publisher.get(f"{ENTRIES}import/")
        plan = self.publisher.upload(form, holding="format", file=("import_file", "changed.toml", file))
        decided = self.publisher.send(plan, holding="pending", on_conflict="take", comment=CANARY)
        done(self.publisher.send(self.publisher.get(decided.headers["location"]), holding="pending"))
        return Written("an import", entry, word)

    def restore(self, entry: Entry) -> Written:
        """What was there before the last change."""
        word = self.words[entry.code][-2]
        self.words[entry.code].append(word)
        history = self.publisher.get(f"{ENTRIES}{self.keys[entry.code]}/history/").text
        path = re.search(rf'href="({ENTRIES}[^"]*)" aria-label="Restore change', history)
        assert path is not None
        done(self.publisher.send(self.publisher.get(path[1]), holding="opened", comment=CANARY))
        return Written("a restore", entry, word)

    def propose(self, entry: Entry) -> Written:
        word = self.next_word(entry)
        form = self.editor.get(f"{ENTRIES}{self.keys[entry.code]}/change/")
        texts = {"description": self.described(entry, word), "comment": CANARY}
        done(self.editor.send(form, holding="description", **texts))
        queue = self.publisher.get(f"{PROPOSALS}?from=editors&state__exact=open").text
        path = re.search(rf'href="({PROPOSALS}[^"/]+/change/)', queue)
        assert path is not None
        done(self.publisher.send(self.publisher.get(path[1]), holding="accept-reason", **{"accept-reason": CANARY}))
        return Written("an accepted proposal", entry, word)

    def retire(self, entry: Entry) -> Written:
        return self.move(entry, "retire", is_public=False)

    def publish(self, entry: Entry) -> Written:
        return self.move(entry, "publish", is_public=True)

    def move(self, entry: Entry, action: str, *, is_public: bool) -> Written:
        listed = self.publisher.get(ENTRIES)
        chosen = {"action": action, "_selected_action": self.keys[entry.code]}
        page = self.publisher.send(listed, holding="action", **chosen)
        done(self.publisher.send(page, holding="opened", comment=CANARY))
        return Written(f"an action: {action}", entry, self.words[entry.code][-1], is_public=is_public)

    def next_word(self, entry: Entry) -> str:
        word = f"word{self.number}written"
        self.words[entry.code].append(word)
        return word

    def described(self, entry: Entry, word: str) -> str:
        return f"{entry.description} It says {word}."


def entry_pages(browser: Browser) -> list[str]:
    """The forms of the entries on the first page of the admin's list, each once: a row leads to its own twice."""
    return [*dict.fromkeys(re.findall(rf'href="({ENTRIES}\d+/change/)', browser.get(ENTRIES).text))]


def done(answer: Answer) -> None:
    """Raises Unexpected for a form that was shown again instead."""
    if answer.status not in (302, 303):
        errors = re.findall(r'class="errorlist[^>]*>(.*?)</ul>|class="errornote">(.*?)</p>', answer.text, re.DOTALL)
        raise Unexpected(f"{answer.path} refused what was sent ({answer.status}): {errors}")
