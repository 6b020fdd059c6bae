"""The drill ``typing``: whatever interrupts somebody who types into the form of an entry, the text is there again.

An editor types with a real Chromium into a draft, a published entry or a new one, on a real gunicorn, and is
interrupted at a random moment. Then the form is asked for again, and each word is looked for: in its fields, in what it
says of other tabs, on the page that a conflict led to. Words may be missing if they were typed in the last five seconds
before the interruption. Where the form itself stays, as after a session that ended, none may be missing.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from typing import Final

from playwright.sync_api import BrowserContext, Error, Page, sync_playwright
from rich.box import SIMPLE_HEAD
from rich.table import Table

from patterns.bench.browser import Browser, Unexpected, browsing
from patterns.bench.chromium import ARGUMENTS, PROGRAM
from patterns.bench.freshness import ENTRIES, done
from patterns.bench.machine import Machine
from patterns.bench.scratch import generated, scratch
from patterns.bench.site import PASSWORD, Site, scratch_site
from patterns.bench.typist import PATIENCE_MS, PLACES, Typist
from patterns.document.catalog import Document, Header
from patterns.document.register import with_values
from patterns.files.toml import write_toml

LOST_AFTER_S: Final = 5.0
LONGEST_S: Final = 9.0
SUBJECTS: Final = {"a draft": "D", "a published entry": "", "a new entry": "none of "}  # with what its code begins
DRAFTING: Final = """
from pathlib import Path
from django.contrib.auth.models import User
from django.utils import timezone
from patterns.files.reader import read_one
from patterns.models import Change
from patterns.store.imports import import_file
from patterns.store.writing import Authorship
by = Authorship(author=User.objects.get(username="editor"), origin=Change.Origin.IMPORT, at=timezone.now())
import_file(read_one(Path({file!r}).read_bytes()), by=by)
"""


@dataclass
class Round:
    """One interruption; ``cut_at`` says when, None if nothing may be missing at all."""

    machine: Machine
    typist: Typist
    rng: Random
    subject: str
    path: str
    page: Page
    cut_at: float | None = None

    def cut(self) -> None:
        self.cut_at = monotonic()

    def type_on(self, seconds: float = 0) -> None:
        self.typist.type_for(self.page, seconds or self.rng.uniform(0.5, 3))

    def press_save(self) -> None:
        self.typist.press_save(self.page)


# How somebody is interrupted.


def go_elsewhere(round: Round) -> None:
    round.cut()
    with suppress(Error):  # of a site that does not answer
        round.page.goto("/admin/")


def go_back(round: Round) -> None:
    round.cut()
    round.page.go_back()


def close_the_tab(round: Round) -> None:
    round.cut()
    round.page.close()


def crash(round: Round) -> None:
    """The browser ends without a word to the page."""
    round.cut()
    with suppress(Error):
        round.page.goto("chrome://crash", timeout=2_000)


def be_refused(round: Round) -> None:
    """The form comes back with what is wrong, and is left without a key pressed."""
    round.page.get_by_label("Name:", exact=True).first.fill("")
    round.press_save()
    if not round.page.locator(".errornote").count():
        raise Unexpected("A form without a name was not refused.")
    round.rng.choice((go_elsewhere, go_back, close_the_tab))(round)


def meet_another(round: Round) -> None:
    """Somebody else changes the entry meanwhile; it is saved all the same, or left."""
    change_as_publisher(round)
    round.type_on()
    if round.rng.random() < 0.7:
        round.press_save()
    round.rng.choice((go_elsewhere, close_the_tab))(round)


def type_in_two_tabs(round: Round) -> None:
    """By turns; both are closed."""
    first, second = round.page, round.typist.tab(round.path)
    for _ in range(round.rng.randint(1, 3)):
        for round.page in (second, first):
            round.page.bring_to_front()
            round.type_on()
    round.cut()
    first.close()
    second.close()


def lose_the_session(round: Round) -> None:
    round.machine.site.ask("DELETE FROM django_session")
    go_on_signed_out(round)


def sign_out(round: Round) -> None:
    """In another tab."""
    other = round.typist.tab("/admin/")
    round.typist.press(other, "Log out")
    other.close()
    go_on_signed_out(round)


def clear_cookies(round: Round) -> None:
    round.typist.context.clear_cookies()
    go_on_signed_out(round)


def go_on_signed_out(round: Round) -> None:
    """Leave at once; or type on without knowing, then sign in: in another tab, or where a save leads to."""
    round.rng.choice((go_elsewhere, close_the_tab, sign_in_elsewhere, save_signed_out))(round)


def sign_in_elsewhere(round: Round) -> None:
    round.type_on()
    round.typist.tab("/admin/").close()
    round.page.bring_to_front()
    round.type_on()
    round.typist.wait_until_kept(round.page)
    round.cut()


def save_signed_out(round: Round) -> None:
    round.type_on()
    round.press_save()
    round.typist.sign_in(round.page)
    round.typist.press(round.page, "Send it again")
    if round.page.locator(".errornote").count():
        round.page.get_by_text("Kept at").wait_for()  # by the page itself


def lose_the_server(round: Round) -> None:
    """All its processes end at once; it is left, saved, or typed into until they are back."""
    round.machine.kill()
    killed_at = monotonic()
    then = round.rng.choice((go_elsewhere, close_the_tab, save_in_vain, wait_for_the_server))
    then(round)
    if round.machine.server.process.poll() is not None:
        round.machine.start_again()
    if then is not wait_for_the_server:
        round.cut_at = killed_at


def save_in_vain(round: Round) -> None:
    round.cut()
    with suppress(Error):
        round.press_save()


def wait_for_the_server(round: Round) -> None:
    round.type_on()
    round.machine.start_again()
    round.type_on()
    round.typist.wait_until_kept(round.page)
    round.cut()


INTERRUPTIONS: Final[dict[str, Callable[[Round], None]]] = {
    "left for another page": go_elsewhere,
    "the back button": go_back,
    "the tab closed": close_the_tab,
    "the tab crashed": crash,
    "a save that was refused": be_refused,
    "a session that ended": lose_the_session,
    "signed out in another tab": sign_out,
    "cookies cleared": clear_cookies,
    "the server killed": lose_the_server,
    "a second tab": type_in_two_tabs,
    "a change by another person": meet_another,
}


# What others do meanwhile.


def change_as_publisher(round: Round) -> None:
    browser, word = Browser(round.machine.server.port), f"By another person {round.typist.mark}."
    with browsing(browser):
        browser.sign_in("publisher", PASSWORD)
        key = round.rng.choice(("description", "problem"))
        done(browser.send(browser.get(round.path), holding="opened", **{key: word}))


# The drill.


@dataclass
class TypingFigures:
    """Rows by the interruption: rounds, words, words that are missing, and the age of the oldest of them in seconds."""

    rounds: dict[str, list[tuple[int, list[float]]]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def add(self, what: str, round: Round, text: str, *, number: int) -> None:
        words, cut_at = round.typist.words, round.cut_at
        missing = {word: typed_at for word, typed_at in words.items() if word not in text}
        end = max(words.values()) if cut_at is None else cut_at
        ages = [max(end - typed_at, 0) for typed_at in missing.values()]
        self.rounds.setdefault(what, []).append((len(words), ages))
        lost = [age for age in ages if cut_at is None or age > LOST_AFTER_S]
        if lost:
            self.failures.append(
                f"round {number}, {round.subject}, {what}: {len(lost)} of {len(words)} words lost,"
                f" the oldest {max(lost):.1f} seconds old"
            )

    @property
    def count(self) -> int:
        return sum(map(len, self.rounds.values()))

    def table(self) -> Table:
        table = Table(box=SIMPLE_HEAD)
        table.add_column("interrupted by", no_wrap=True)
        for heading in ("rounds", "words", "missing", "oldest s"):
            table.add_column(heading, justify="right", no_wrap=True)
        everything = [one for found in self.rounds.values() for one in found]
        for what, found in [*self.rounds.items(), ("together", everything)]:
            ages = [age for _, each in found for age in each]
            words = sum(count for count, _ in found)
            style = "bold" if what == "together" else ""
            oldest = f"{max(ages):.1f}" if ages else "-"
            table.add_row(what, f"{len(found):,}", f"{words:,}", f"{len(ages):,}", oldest, style=style)
        return table


@dataclass
class Desk:
    """Where all rounds take place. ``reader`` is the editor too, with nothing of a browser but its cookies."""

    machine: Machine
    context: BrowserContext
    longest_s: float
    reader: Browser = field(init=False)
    keys: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.reader = Browser(self.machine.server.port)
        self.keys = dict(self.machine.site.ask("SELECT code, id FROM patterns_pattern"))

    def round(self, what: str, *, number: int, rng: Random) -> tuple[Round, str]:
        """What was typed and when it was interrupted, and all that the form says afterwards."""
        if self.machine.server.process.poll() is not None:
            self.machine.start_again()
        subject = rng.choice([*SUBJECTS][: 2 if what == "a change by another person" else 3])
        key = self.keys.get(f"{SUBJECTS[subject]}{number}")
        path = f"{ENTRIES}{key}/change/" if key else f"{ENTRIES}add/"
        typist = Typist(self.context, rng, f"r{number}w")
        try:
            page = typist.tab("/")
            page.goto(path)
            typist.sign_in(page)
            one = Round(self.machine, typist, rng, subject, path, page)
            typist.type_for(page, rng.uniform(1, self.longest_s), *rng.sample(PLACES, 3))
            INTERRUPTIONS[what](one)
            text = self.said(path)
        finally:
            typist.leave()
        self.machine.site.ask("DELETE FROM patterns_workingcopy")
        return one, text

    def said(self, path: str) -> str:
        """All that the form says on opening, and the page on which it asks what is to become of a copy."""
        answer = self.reader.get(path)
        if answer.status == 302:
            self.reader.sign_in("editor", PASSWORD)
            answer = self.reader.get(path)
        if answer.status != 200:
            raise Unexpected(f"{path} was answered with {answer.status}.")
        page = re.search(r'<a href="([^"]+)">decide about it</a>', answer.text)
        return answer.text + (self.reader.get(page[1]).text if page else "")


def typing_figures(
    *,
    rounds: int,
    seed: int,
    longest_s: float = LONGEST_S,
    has_scripts: bool = True,
    progress: Callable[[TypingFigures], None] = lambda found: None,
) -> TypingFigures:
    """Raises Unexpected, TimeoutError or Playwright's Error if the site itself does not do what it should."""
    figures = TypingFigures()
    with ExitStack() as stack:
        folder = stack.enter_context(scratch()).folder
        site = stack.enter_context(scratch_site(folder))
        prepare(site, rounds=rounds)
        machine = Machine.started(site)
        stack.callback(machine.stop)
        machine.server.wait_until_ready()
        playwright = stack.enter_context(sync_playwright())
        chromium = playwright.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
        stack.callback(chromium.close)
        url = f"http://127.0.0.1:{machine.server.port}"
        context = chromium.new_context(base_url=url, java_script_enabled=has_scripts)
        context.set_default_timeout(PATIENCE_MS)
        desk = Desk(machine, context, longest_s)
        stack.enter_context(browsing(desk.reader))
        for number, what in zip(range(1, rounds + 1), interruptions(Random(seed)), strict=False):
            try:
                one, text = desk.round(what, number=number, rng=Random(f"{seed} {number}"))
            except (Error, TimeoutError, Unexpected) as error:
                figures.failures.append(f"round {number}, {what}: {str(error).splitlines()[0]}")
            else:
                figures.add(what, one, text, number=number)
            progress(figures)
    return figures


def prepare(site: Site, *, rounds: int) -> None:
    """For each round a published entry, and a draft that is the editor's own."""
    published, drafts = site.folder / "published.toml", site.folder / "drafts.toml"
    entries = generated(rounds).entries.values()
    published.write_text(write_toml(generated(rounds)), encoding="utf-8")
    own = [
        with_values(one, {"code": f"D{one.code}", "slug": f"d-{one.slug}", "name": f"D {one.name}", "status": "draft"})
        for one in entries
    ]
    drafts.write_text(write_toml(Document(Header(), {}, {one.code: one for one in own})), encoding="utf-8")
    site.prepare(str(published))
    site.manage("shell", "--verbosity", "0", "--command", DRAFTING.format(file=str(drafts)))
    site.manage("collectstatic", "--noinput", "--verbosity", "0")  # the script of the form as it is now


def interruptions(rng: Random) -> Iterator[str]:
    """Each as often as the others, in a random order."""
    while True:
        yield from rng.sample([*INTERRUPTIONS], len(INTERRUPTIONS))
