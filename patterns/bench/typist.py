"""Somebody at the desk with a real Chromium, who types words into the form of an entry and remembers when."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from random import Random
from time import monotonic
from typing import Literal

from playwright.sync_api import BrowserContext, Locator, Page

from patterns.bench.site import PASSWORD

Place = Literal["Description", "Problem", "Solution", "Symptom"]
PLACES: tuple[Place, ...] = ("Description", "Problem", "Solution", "Symptom")
PATIENCE_MS = 30_000
KEPT = re.compile(r"Kept at (\d\d:\d\d:\d\d) UTC")
SAVES = re.compile("^(Save|Propose this change)$")


@dataclass
class Typist:
    """One editor in a browser of their own; ``words`` says when each word stood in the form, by ``monotonic``."""

    context: BrowserContext
    rng: Random
    mark: str  # begins each word, so that no two rounds have one in common
    words: dict[str, float] = field(default_factory=dict)

    def tab(self, path: str) -> Page:
        """A new tab with a page of the admin, signed in if that is asked for."""
        page = self.context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())  # leaves whatever the page says
        page.goto(path)
        self.sign_in(page)
        return page

    def sign_in(self, page: Page) -> None:
        if not (name := page.get_by_label("Username")).count():
            return
        name.fill("editor")
        page.get_by_label("Password").fill(PASSWORD)
        self.press(page, "Log in")

    def field(self, page: Page, place: Place) -> Locator:
        if place != "Symptom":
            return page.get_by_label(f"{place}:", exact=True).first
        folded = page.locator("#symptoms-group fieldset > details:not([open]) > summary")
        if folded.count():
            folded.click()
        rows = page.locator("[name^=symptoms-]:not([name*=__prefix__]):not([type=hidden])").and_(
            page.locator("[name$=-text]")
        )
        if not rows.count():
            page.get_by_text("Add another Symptom").click()
        return rows.last

    def type_for(self, page: Page, seconds: float, *places: Place) -> None:
        """Words, one after the other, with pauses as one makes them; now and then in another field."""
        end = monotonic() + seconds
        while monotonic() < end:
            place = self.field(page, self.rng.choice(places or PLACES))
            place.click()  # as a person does, who sees no field that is folded away
            place.press("Control+End")
            for _ in range(self.rng.randint(1, 8)):
                if monotonic() >= end:
                    break
                word = f"{self.mark}{len(self.words)}z"
                place.press_sequentially(f"{word} ", delay=self.rng.uniform(20, 80))
                self.words[word] = monotonic()
                page.wait_for_timeout(self.rng.choice((0, 100, 300, 800)))

    def press_save(self, page: Page) -> None:
        self.press(page, SAVES)

    def press(self, page: Page, name: str | re.Pattern[str]) -> None:
        """A button that leads to another page, which is waited for."""
        with page.expect_navigation():
            page.get_by_role("button", name=name).first.click()

    def wait_until_kept(self, page: Page) -> None:
        """Until the form says that it kept something after the last word; raises TimeoutError."""
        since = timedelta(seconds=monotonic() - max(self.words.values()))
        typed_at = (datetime.now(UTC) - since).time()
        for turn in range(PATIENCE_MS // 100):
            said = KEPT.search(page.locator("output.kept").inner_text())
            # It says whole seconds; what is not kept is tried again long before half of the patience is over.
            is_enough = typed_at.replace(microsecond=0) if turn > PATIENCE_MS // 200 else typed_at
            if said and time.fromisoformat(said[1]) >= is_enough:
                return
            page.wait_for_timeout(100)
        raise TimeoutError("The form does not say that it kept what was typed.")

    def leave(self) -> None:
        for page in self.context.pages:
            page.close()
