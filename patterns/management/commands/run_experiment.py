from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.management.base import CommandError, CommandParser
from rich.box import SIMPLE_HEAD
from rich.progress import Progress
from rich.table import Table

from patterns.lab.experiment import Experiment, Metric, Preset, Role, Side
from patterns.lab.experiments import BY_SLUG
from patterns.lab.parameters import NUMBER, BadParameters, Parameters, excerpt, read_settings
from patterns.lab.simulation import TooManyEvents
from patterns.lab.sweep import RUN_SEEDS, Sweep, TracedRun, run_document, sweep, sweep_document, traced_run
from patterns.lab.verdict import NOTHING, verdict_of, worded_figure
from patterns.management.command import CatalogCommand, console

ROLE_MARKS = {Role.PRIMARY: " (decides)", Role.GAIN: "", Role.PRICE: " (price)"}
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
            "--seed",
            type=number_in(RUN_SEEDS),
            default=0,
            metavar="N",
            help="the run's seed, or the first (default: 0)",
        )
        parser.add_argument(
            "--sweep", type=number_in(RUN_COUNTS), metavar="N", help="as many runs of each side, and a verdict"
        )
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        experiment = one_known(options["slug"], BY_SLUG, what="experiment")
        preset = one_known(options["preset"], {one.key: one for one in experiment.presets}, what="preset")
        seed = options["seed"]
        try:
            parameters = read_settings(preset.parameters, map(name_and_value, options["given"]))
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
            title = f"{run.experiment.title}: one run, seed {run.seed}"
            table = figures_table(
                run.experiment, title, lambda side, one: worded_figure(run.figure(side.key, one.key), one)
            )
            console(self.stdout).print(table)

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


def one_known(key: str, known: dict[str, T], *, what: str) -> T:
    """Raises:
    CommandError: naming those that there are.
    """
    if key not in known:
        raise CommandError(f"There is no {what} “{excerpt(key)}”; there is: {', '.join(known)}.")
    return known[key]


def name_and_value(text: str) -> tuple[str, str]:
    """Raises:
    CommandError: if it is not of the form name=value.
    """
    key, equals, value = text.partition("=")
    if not equals:
        raise CommandError(f"--set takes NAME=VALUE, and “{excerpt(text)}” has no “=”.")
    return key, value


def number_in(allowed: range) -> Callable[[str], int]:
    """For the parser, which explains what is refused."""

    def parse(text: str) -> int:
        if not NUMBER.fullmatch(text) or int(text) not in allowed:
            raise ArgumentTypeError(f"“{excerpt(text)}” is not a whole number from {allowed[0]} to {allowed[-1]}")
        return int(text)

    return parse


def sweep_table(experiment: Experiment, found: Sweep, *, seeds: range) -> Table:
    """Of each figure the mean, and the lowest and highest of all runs."""

    def cell(side: Side, metric: Metric) -> str:
        spread = found.spread(side.key, metric.key)
        if spread is None:
            return NOTHING
        mean, low, high = (worded_figure(value, metric) for value in (spread.mean, spread.low, spread.high))
        return f"{mean} ({low} to {high})"

    title = f"{experiment.title}: {len(seeds)} runs, seeds {seeds[0]} to {seeds[-1]}\nmean (lowest to highest)"
    return figures_table(experiment, title, cell)


def figures_table(experiment: Experiment, title: str, cell: Callable[[Side, Metric], str]) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    table.add_column("")
    for side in experiment.sides:
        table.add_column(side.name, justify="right")
    for metric in experiment.metrics:
        table.add_row(metric.name + ROLE_MARKS[metric.role], *(cell(side, metric) for side in experiment.sides))
    return table
