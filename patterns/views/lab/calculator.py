"""An experiment's law with a reader's own numbers, which stand in the address beside those of the run."""

from dataclasses import dataclass

from patterns.lab.experiment import Calculator, Experiment
from patterns.lab.parameters import BadParameters, excerpt, read_settings, settings_of
from patterns.views.lab.request import Pairs, SettingField, setting_fields

OWN = "your_"  # how the names of a reader's own numbers begin


@dataclass(frozen=True)
class Calculation:
    """The form as it was given, and its answer: none if a number was refused."""

    calculator: Calculator
    fields: list[SettingField]
    answer: str


def parted(pairs: Pairs) -> tuple[Pairs, Pairs]:
    """What is about the run, and what is a reader's own."""
    return [one for one in pairs if not one[0].startswith(OWN)], [one for one in pairs if one[0].startswith(OWN)]


def calculation(experiment: Experiment, pairs: Pairs) -> Calculation:
    """Never raises: what cannot be is said at its field. Names that nothing has are ignored."""
    calculator, usual = experiment.calculator, experiment.calculator.settings()
    settings = settings_of(usual)
    known = [pair for pair in pairs if pair[0] in settings]
    shown = {key: str(getattr(usual, key)) for key in settings}
    # Of a name that is given twice the first value stays, as the form shows one.
    given = {key: excerpt(text) for key, text in reversed(known)}
    try:
        own = read_settings(usual, known)
    except BadParameters as refusal:
        return Calculation(calculator, setting_fields(settings, given, shown, refusal.problems), "")
    return Calculation(calculator, setting_fields(settings, given, shown), calculator.answer(own))
