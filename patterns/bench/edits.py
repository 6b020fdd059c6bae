"""The drill ``edits``: many editors save at once, half of them the same entries, through two servers."""

import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack

from patterns.bench.editing import OVERTAKEN, SAVED, compare, editors
from patterns.bench.promises import Promises
from patterns.bench.scratch import generated, scratch
from patterns.bench.site import SITE, scratch_site, serving
from patterns.files.toml import write_toml

EACH = 4  # editors at each server who have entries of their own, and who share some
SHARED = 3  # entries
ENTRIES = 20
TOLD = 100
STANDSTILL_S = 60


def edits_figures(*, edits: int, progress: Callable[[str], None] = lambda what: None) -> Promises:
    """Until so many edits were sent.

    Raises:
        TimeoutError: if none is answered for a minute.
    """
    promises = Promises()
    nothing_lost = promises.promise("What an editor was told is saved is in the history.")
    nothing_torn = promises.promise("Each change is there whole, and the tables say what the history says.")
    waiting = promises.promise("What was not saved, since another was first, waits for its editor.")
    with ExitStack() as stack:
        site = stack.enter_context(scratch_site(stack.enter_context(scratch()).folder, TRUST_PROXY="1"))
        # Entries without lists: their forms are small, and more edits meet each other.
        (file := site.folder / "catalog.toml").write_text(write_toml(generated(ENTRIES)), encoding="utf-8")
        site.prepare(str(file))
        with ExitStack() as working:
            servers = stack.enter_context(serving(site, SITE, SITE))
            crowds = [
                working.enter_context(editors(server.port, count=EACH, entries=entries, name=f"{number}.{entries}."))
                for number, server in enumerate(servers)
                for entries in (0, SHARED)
            ]
            sent, told, moved_at = 0, 0, time.monotonic()
            while sent < edits:
                time.sleep(0.1)
                now = sum(crowd.answers.total() for crowd in crowds)
                if now > sent:
                    sent, moved_at = now, time.monotonic()
                elif time.monotonic() > moved_at + STANDSTILL_S:
                    raise TimeoutError(f"After {sent:,} edits none was answered for {STANDSTILL_S} seconds.")
                if sent >= told + TOLD:
                    told = sent
                    progress(f"{sent:,} edits were sent")
        answers = sum((crowd.answers for crowd in crowds), Counter[str]())
        saved = [one for crowd in crowds for one in crowd.saved]
        compare(site, saved, nothing_lost=nothing_lost, nothing_torn=nothing_torn)
        others = {answer: count for answer, count in answers.items() if answer not in (SAVED, OVERTAKEN)}
        waiting.keep(not others, f"Some were answered otherwise: {others}.", tried=answers.total() - len(saved))
        nothing_lost.found = f"of {answers.total():,} edits that were sent"
    return promises
