from argparse import ArgumentTypeError
from collections.abc import Callable
from dataclasses import dataclass
from random import Random, SystemRandom
from subprocess import CalledProcessError
from typing import Any

from django.core.management.base import CommandError, CommandParser
from rich.box import SIMPLE_HEAD
from rich.progress import Progress
from rich.table import Table

from patterns.bench.backups import backup_figures
from patterns.bench.browser import Unexpected
from patterns.bench.chromium import IS_DRIVEN
from patterns.bench.cluster import cluster_figures
from patterns.bench.crash import crash_figures
from patterns.bench.cuts import WRITERS, CutFigures, UncutFile, cut_figures, cuts_of, uncut_file
from patterns.bench.disk import disk_figures
from patterns.bench.edits import edits_figures
from patterns.bench.faults import PROGRAM as STRACE
from patterns.bench.freshness import FreshnessFigures, freshness_figures
from patterns.bench.nginx import PROGRAM as NGINX
from patterns.bench.outage import outage_figures
from patterns.bench.postgres import PROGRAM as POSTGRESQL
from patterns.bench.pressure import pressure_figures
from patterns.bench.promises import Promises
from patterns.bench.rolling import rolling_figures
from patterns.bench.scratch import generated, given
from patterns.bench.shared_cache import cache_figures
from patterns.bench.stress import stress_figures
from patterns.bench.wal import wal_figures
from patterns.management.command import CatalogCommand, console, positive

TOLD = 25  # changes of a long drill, for whoever reads its log
ROUNDS, SHORT_S = 200, 2.0  # interruptions, and for how long at most somebody types before each of a short drill
CUTS, SHORT_CUTS = 2_000, 100
SHOWN = 5  # losses of a file, or failures of a drill, that are named


@dataclass(frozen=True)
class Drill:
    """One that keeps promises: what it is given in its long and in its short form, and what it needs."""

    figures: Callable[..., Promises]
    long: dict[str, int]
    short: dict[str, int]
    needs: str = ""
    """What is missing on this machine, if anything is."""
    is_random: bool = False


POSTGRESQL_MISSING = "" if POSTGRESQL else "PostgreSQL's own programs (Debian: postgresql)"
STRACE_MISSING = "" if STRACE else "strace (Debian: strace)"
DRILLS = {
    "crash": Drill(
        crash_figures, {"kills": 100, "points": 200}, {"kills": 1, "points": 3}, STRACE_MISSING, is_random=True
    ),
    "disk": Drill(disk_figures, {"points": 16}, {"points": 1}, STRACE_MISSING),
    "wal": Drill(wal_figures, {"cuts": 10_000}, {"cuts": 200}, is_random=True),
    "backup": Drill(backup_figures, {"count": 100}, {"count": 3}),
    "postgres": Drill(outage_figures, {"kills": 20}, {"kills": 1}, POSTGRESQL_MISSING, is_random=True),
    "rolling": Drill(rolling_figures, {"restarts": 6, "requests": 25_000}, {"restarts": 1, "requests": 500}),
    "edits": Drill(edits_figures, {"edits": 10_000}, {"edits": 100}),
    "stress": Drill(stress_figures, {"minutes": 60}, {"minutes": 1}),
}

WHAT = {
    "crash": "processes are killed while editors save, and an import at its writes",
    "disk": "below SQLite it fails, or is full",
    "wal": "SQLite's log is cut off anywhere",
    "backup": "copies that are taken while editors save are restored where there is nothing, and say the same",
    "postgres": "a PostgreSQL is killed under load",
    "rolling": "new releases under load, and one that cannot start",
    "edits": "many save at once, half of them the same entries",
    "stress": "readers, editors, imports, exports and backups at once, for an hour",
    "cut": "exports that were cut off at every line end and at random bytes are refused, or read without a loss",
    "cluster": "two servers behind nginx, of which one is lost and both are restarted, and a PostgreSQL that is lost",
    "freshness": "what was written in any way is what the next reader of each of two servers gets",
    "pressure": "readers are served beside slow clients, guessers of passwords, a held lock, editors and the lab",
    "cache": "a shared cache in nginx keeps published pages and nothing else",
    "typing": "an editor who types with a real browser is interrupted in eleven ways, and finds the text again",
}


class Command(CatalogCommand):
    help = " ".join(
        (
            "Let something fail on purpose, and exit 1 if what is promised does not hold.",
            *(f"{name}: {what}." for name, what in WHAT.items()),
            "Databases and servers are scratch ones, of the engine of DATABASE_URL.",
        )
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=[*WHAT])
        parser.add_argument("--short", action="store_true", help="a try of some minutes at most")
        parser.add_argument("--seed", type=int, help="repeats what another run drew at random")
        cuts = parser.add_argument_group("cut")
        cuts.add_argument("--entries", type=count, metavar="N", help="of the generated catalogue (default: 2000)")
        cuts.add_argument("--bytes", type=count, metavar="N", help="random cuts of each file (default: 2000)")
        cuts.add_argument("--formats", nargs="+", choices=WRITERS, default=[*WRITERS], metavar="FORMAT")
        freshness = parser.add_argument_group("freshness")
        freshness.add_argument("--changes", type=count, default=1_000, metavar="N", help="written by turns")
        pressure = parser.add_argument_group("pressure")
        pressure.add_argument("--seconds", type=positive, default=10, metavar="S", help="beside each crowd")
        pressure.add_argument("--lock-seconds", type=positive, metavar="S", help="beside the lock (default: as long)")
        typing = parser.add_argument_group("typing")
        typing.add_argument("--rounds", type=positive, metavar="N", help="interruptions (default: 200)")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"]
        try:
            if name in DRILLS:
                self.run_drill(DRILLS[name], options)
            else:
                getattr(self, name)(options)
        except (CalledProcessError, Unexpected, TimeoutError) as error:
            raise CommandError(f"The drill could not go on: {error}") from error

    def run_drill(self, drill: Drill, options: dict[str, Any]) -> None:
        if drill.needs:
            self.stdout.write(f"Skipped: it needs {drill.needs}.")
            return
        how_much = drill.short if options["short"] else drill.long
        drawn = {"seed": self.seed(options)} if drill.is_random else {}
        found = drill.figures(**how_much, **drawn, progress=self.tell)
        self.report(found.table(), found.failures, "What was promised did not hold:")

    def freshness(self, options: dict[str, Any]) -> None:
        terminal = console(self.stderr)
        with Progress(console=terminal, transient=True, disable=not terminal.is_terminal) as bar:
            task = bar.add_task("Writing", total=options["changes"])

            def tell(found: FreshnessFigures) -> None:
                bar.advance(task)
                if not terminal.is_terminal and (written := found.changes.total()) % TOLD == 0:
                    self.stderr.write(f"{written:,} changes, {found.stale.total():,} stale answers")

            found = freshness_figures(changes=options["changes"], progress=tell)
        self.report(found.table(), found.failures, "Readers saw what they should not:")

    def pressure(self, options: dict[str, Any]) -> None:
        seconds = options["seconds"]
        with console(self.stderr).status("Preparing") as status:
            found = pressure_figures(
                seconds=seconds, lock_seconds=options["lock_seconds"] or seconds, progress=status.update
            )
        self.report(found.table(), found.failures, "Readers waited for others:")

    def cluster(self, options: dict[str, Any]) -> None:
        if not NGINX or not POSTGRESQL:
            self.stdout.write("Skipped: it needs nginx and PostgreSQL's own programs (Debian: nginx, postgresql).")
            return
        found = cluster_figures(progress=self.tell)
        self.report(found.table(), found.failures, "Something failed that should not:")

    def cache(self, options: dict[str, Any]) -> None:
        if not NGINX:
            self.stdout.write("Skipped: it needs nginx (Debian: nginx).")
            return
        found = cache_figures(progress=self.tell)
        self.report(found.table(), found.failures, "The shared cache does what it should not:")

    def typing(self, options: dict[str, Any]) -> None:
        if not IS_DRIVEN:
            self.stdout.write("Skipped: it needs Chromium (Debian: chromium) and what requirements-dev.txt installs.")
            return
        # Playwright is there for development only.
        from patterns.bench.interruptions import INTERRUPTIONS, LONGEST_S, TypingFigures, typing_figures

        told: list[str] = []

        def tell(found: TypingFigures) -> None:
            for failure in found.failures[len(told) :]:
                self.stderr.write(failure)
                told.append(failure)
            if found.count % TOLD == 0:
                self.stderr.write(f"{found.count:,} interruptions, {len(found.failures):,} with a loss")

        rounds = options["rounds"] or (len(INTERRUPTIONS) if options["short"] else ROUNDS)
        longest_s = SHORT_S if options["short"] else LONGEST_S
        seed = self.seed(options)
        found = typing_figures(rounds=rounds, seed=seed, longest_s=longest_s, progress=tell)
        self.report(found.table(), found.failures, f"Words were lost (--seed {seed}):")

    def seed(self, options: dict[str, Any]) -> int:
        seed: int = SystemRandom().randrange(10**6) if options["seed"] is None else options["seed"]
        self.stdout.write(f"Seed {seed}")
        return seed

    def tell(self, what: str) -> None:
        self.stderr.write(f"Next: {what}")

    def report(self, table: Table, failures: list[str], what: str) -> None:
        console(self.stdout).print(table)
        if failures:
            rest = [f"  and {len(failures) - SHOWN:,} more"] if len(failures) > SHOWN else []
            raise CommandError("\n".join((what, *(f"  {one}" for one in failures[:SHOWN]), *rest)))

    def cut(self, options: dict[str, Any]) -> None:
        rng = Random(self.seed(options))
        usual = SHORT_CUTS if options["short"] else CUTS
        entries, byte_count = (usual if options[name] is None else options[name] for name in ("entries", "bytes"))
        documents = {f"{entries:,} generated": generated(entries)}
        if not options["short"]:  # which have nine thousand lines
            documents["the given ones"] = given()
        files = [
            uncut_file(name, document, format=format, writer=WRITERS[format])
            for format in options["formats"]
            for name, document in documents.items()
        ]
        cuts = [cuts_of(file.data, byte_count=byte_count, rng=rng) for file in files]
        found = self.drilled(files, cuts)
        console(self.stdout).print(cuts_table(found))
        if losses := [line for figures in found for line in losses_of(figures)]:
            raise CommandError("\n".join(("A cut was accepted, and something was lost:", *losses)))

    def drilled(self, files: list[UncutFile], cuts: list[list[int]]) -> list[CutFigures]:
        terminal = console(self.stderr)
        with Progress(console=terminal, transient=True, disable=not terminal.is_terminal) as bar:
            task = bar.add_task("Cutting", total=sum(map(len, cuts)))
            pairs = zip(files, cuts, strict=True)
            return [cut_figures(file, lengths, progress=lambda: bar.advance(task)) for file, lengths in pairs]


def count(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text!r} is no number of cuts or entries")
    return int(text)


def cuts_table(found: list[CutFigures]) -> Table:
    table = Table(box=SIMPLE_HEAD)
    table.add_column("", no_wrap=True)
    for heading in ("cuts", "refused", "nothing lost", "lost"):
        table.add_column(heading, justify="right", no_wrap=True)
    for figures in found:
        counts = figures.counts
        numbers = (counts.total(), counts["refused"], counts["read"], counts["lost"])
        table.add_row(f"{figures.file.format}, {figures.file.name}", *(f"{number:,}" for number in numbers))
    return table


def losses_of(figures: CutFigures) -> list[str]:
    file = figures.file
    first = (
        f"  {file.format}, {file.name}: cut after {length:,} bytes, in line {file.line_of(length):,}"
        for length in figures.lost[:SHOWN]
    )
    rest = len(figures.lost) - SHOWN
    return [*first, *([f"  and {rest:,} more"] if rest > 0 else [])]
