from argparse import ArgumentTypeError
from typing import Any, TypeVar

from django.core.management.base import CommandError, CommandParser
from rich.progress import Progress

from patterns.lab.experiment import Experiment, Preset
from patterns.lab.experiments import BY_SLUG
from patterns.lab.parameters import NUMBER, BadParameters, Parameters, excerpt, read_settings
from patterns.lab.simulation import TooManyEvents
from patterns.lab.sweep import RUN_SEEDS, Sweep, TracedRun, run_document, sweep, sweep_document, traced_run
from patterns.lab.verdict import verdict_of
from patterns.management.command import CatalogCommand, console
from patterns.management.experiment_text import run_table, sweep_table

RUN_COUNTS = range(5, 1_001)  # fewer have no interval worth the name

T = TypeVar("T")


class Command(CatalogCommand):
    help = "Run an experiment of the failure lab: the same numbers as its page. Without --sweep, one run of each side."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the entry whose architecture runs, for example circuit-breaker-pattern")
        parser.add_argument("--preset", default="default", help="a situation that its page names (default: default)")
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="a parameter; may be repeated",
            dest="given",
        )
        parser.add_argument(
            "--seed", type=seed_number, default=0, metavar="N", help="the run's seed, or the first (default: 0)"
        )
        parser.add_argument("--sweep", type=run_count, metavar="N", help="as many runs of each side, and a verdict")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        experiment = chosen(options["slug"])
        preset, seed = preset_of(experiment, options["preset"]), options["seed"]
        try:
            parameters = read_settings(preset.parameters, map(pair, options["given"]))
            if options["sweep"]:
                seeds = range(seed, seed + options["sweep"])
                self.show_sweep(experiment, preset, parameters, seeds=seeds, as_json=options["json"])
            else:
                self.show_run(traced_run(experiment, parameters, seed), as_json=options["json"])
        except (BadParameters, TooManyEvents) as error:
            raise CommandError(str(error)) from None

    def show_run(self, run: TracedRun, *, as_json: bool) -> None:
        if as_json:
            self.print_json(run_document(run))
        else:
            console(self.stdout).print(run_table(run))

    def show_sweep(
        self, experiment: Experiment, preset: Preset, parameters: Parameters, *, seeds: range, as_json: bool
    ) -> None:
        found = self.swept(experiment, parameters, seeds)
        sentence = verdict_of(experiment, preset, found).sentence
        if as_json:
            self.print_json(sweep_document(experiment, parameters, found, seeds=seeds) | {"verdict": sentence})
        else:
            terminal = console(self.stdout)
            terminal.print(sweep_table(experiment, found, seeds=seeds))
            terminal.print(sentence, highlight=False)

    def swept(self, experiment: Experiment, parameters: Parameters, seeds: range) -> Sweep:
        terminal = console(self.stderr)
        with Progress(console=terminal, transient=True, disable=not terminal.is_terminal) as bar:
            task = bar.add_task("Running", total=len(seeds) * len(experiment.sides))
            return sweep(experiment, parameters, seeds=seeds, after_each=lambda: bar.advance(task))


def chosen(slug: str) -> Experiment:
    return one_of(slug, BY_SLUG, what="experiment")


def preset_of(experiment: Experiment, key: str) -> Preset:
    return one_of(key, {preset.key: preset for preset in experiment.presets}, what="preset")


def one_of(key: str, known: dict[str, T], *, what: str) -> T:
    """Raises:
    CommandError: naming those that there are.
    """
    if key not in known:
        raise CommandError(f"There is no {what} “{excerpt(key)}”; there is: {', '.join(known)}.")
    return known[key]


def pair(text: str) -> tuple[str, str]:
    """Raises:
    CommandError: if it is not of the form name=value.
    """
    key, equals, value = text.partition("=")
    if not equals:
        raise CommandError(f"--set takes NAME=VALUE, and “{excerpt(text)}” has no “=”.")
    return key, value


def seed_number(text: str) -> int:
    return bounded(text, RUN_SEEDS)


def run_count(text: str) -> int:
    return bounded(text, RUN_COUNTS)


def bounded(text: str, allowed: range) -> int:
    """Raises:
    ArgumentTypeError: which the parser explains.
    """
    if not NUMBER.fullmatch(text) or int(text) not in allowed:
        raise ArgumentTypeError(f"“{excerpt(text)}” is not a whole number from {allowed[0]} to {allowed[-1]}")
    return int(text)
