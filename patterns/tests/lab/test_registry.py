"""What every experiment owes its readers, whoever wrote it."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from patterns import lab
from patterns.document.vocabulary import QUALITIES
from patterns.lab.experiment import WITH, WITHOUT, Experiment, Preset, Role, SystemExperiment
from patterns.lab.experiments import EXPERIMENTS
from patterns.lab.golden import stored, stored_verdict
from patterns.lab.parameters import Parameters, Whole, WordChoice, settings_of
from patterns.lab.simulation import Stream, TooManyEvents
from patterns.lab.sweep import SWEEP_SEEDS
from patterns.lab.trace import STORY_LIMIT, Trace
from patterns.lab.verdict import Stance
from patterns.tests.lab.cases import EACH, EACH_PRESET

LAB = Path(lab.__file__).parent
FIXTURE = Path(__file__).parent.parent.parent.parent / "fixtures" / "patterns.toml"


def test_each_experiment_is_of_an_entry_of_its_own():
    slugs = [experiment.slug for experiment in EXPERIMENTS]

    assert len({*slugs}) == len(slugs)
    assert [slug for slug in slugs if f'\nslug = "{slug}"\n' not in FIXTURE.read_text()] == []


def test_an_experiment_that_leaves_something_out_is_refused_at_once():
    with pytest.raises(TypeError, match=r"The experiment Hasty does not state: slug, .*, system\."):
        type("Hasty", (SystemExperiment,), {"title": "Nothing is measured"})


@EACH
def test_it_compares_the_pattern_with_its_absence(experiment: Experiment):
    keys = [side.key for side in experiment.sides]

    assert keys[:2] == [WITHOUT, WITH]
    assert len({*keys}) == len(keys) <= 3


@EACH
def test_one_metric_decides_and_a_price_stands_beside_it(experiment: Experiment):
    roles = [metric.role for metric in experiment.metrics]

    assert roles.count(Role.PRIMARY) == 1
    assert Role.PRICE in roles
    assert experiment.primary.smallest > 0


@EACH
def test_its_presets_have_names_and_parameters_of_their_own(experiment: Experiment):
    presets = experiment.presets

    assert presets[0].key == "default"
    assert presets[0].parameters == experiment.parameters()
    assert len({preset.key for preset in presets}) == len({preset.name for preset in presets}) == len(presets)
    assert len({(repr(preset.parameters), preset.against) for preset in presets}) == len(presets)
    assert all(preset.against in {side.key for side in experiment.sides} - {WITH} for preset in presets)


@EACH
def test_it_helps_by_default_and_not_always(experiment: Experiment):
    stances = [stored_verdict(experiment, preset).stance for preset in experiment.presets]

    assert stances[0] is Stance.HELPS
    assert {*stances[1:]} & {Stance.HURTS, Stance.SAME}


@EACH
def test_a_price_is_paid_by_default(experiment: Experiment):
    assert stored_verdict(experiment, experiment.default).price.startswith("It is paid for in ")


@EACH
def test_assumptions_and_limits_are_stated(experiment: Experiment):
    assert len(experiment.assumptions) >= 2
    assert len(experiment.limits) >= 1
    assert all(law.formula and law.assumptions and law.source for law in experiment.laws)
    assert experiment.fairness.endswith(".")


@EACH
def test_it_says_which_qualities_it_is_about(experiment: Experiment):
    assert 1 <= len(experiment.qualities) <= 3
    assert {*experiment.qualities} <= {*QUALITIES}


@EACH
def test_counts_are_compared_with_the_work_of_a_run(experiment: Experiment):
    figures = experiment.run(experiment.default.parameters, 1, WITH).figures

    assert all(figures[metric.of] for metric in experiment.metrics if metric.of)


@EACH
def test_the_knob_turns_a_setting_through_what_it_allows(experiment: Experiment):
    knob = experiment.knob
    setting = settings_of(experiment.parameters)[knob.setting]

    assert 6 <= len(knob.values) <= 8
    assert all(setting.allows(value) for value in knob.values)
    assert [*knob.values] == sorted({*knob.values})


@EACH
def test_the_calculator_answers_at_its_usual_numbers_and_at_all_bounds(experiment: Experiment):
    settings = settings_of(experiment.calculator.settings)
    cases = [{}, *({key: value} for key, one in settings.items() for value in ends(one))]
    answers = [experiment.calculator.answer(experiment.calculator.settings(**case)) for case in cases]

    assert 1 <= len(settings) <= 3
    assert all(key.startswith("your_") for key in settings)
    assert len({*answers}) > len(settings)
    assert all(answer.endswith(".") and "nan" not in answer and "inf " not in answer for answer in answers)


@EACH_PRESET
def test_each_side_is_drawn_with_what_breaks_and_what_is_new(experiment: Experiment, preset: Preset):
    sides = {side.key: experiment.structure(preset.parameters, side.key) for side in experiment.sides}

    for structure in sides.values():
        keys = [part.key for part in structure.parts]
        assert len({*keys}) == len(keys) >= 2
        assert {end for wire in structure.wires for end in (wire.source, wire.target)} == {*keys}
        assert all(0 <= part.column <= 3 and len(part.name) <= 18 and len(part.note) <= 28 for part in structure.parts)
        assert all(len(wire.note) <= 22 for wire in structure.wires)
    assert any(part.is_new for part in sides[WITH].parts)
    assert sides[WITH] != sides[WITHOUT]


@EACH
def test_what_the_default_situation_breaks_is_marked_on_each_side(experiment: Experiment):
    for side in experiment.sides:
        structure = experiment.structure(experiment.default.parameters, side.key)
        assert any(one.is_broken for one in (*structure.parts, *structure.wires))


@EACH
def test_every_setting_is_bounded_and_named(experiment: Experiment):
    for setting in settings_of(experiment.parameters).values():
        assert setting.name
        assert isinstance(setting, WordChoice) or -1 < setting.low < setting.high < 10_000


@EACH
def test_every_preset_has_a_sweep_of_every_side_and_metric(experiment: Experiment):
    for preset in experiment.presets:
        figures = stored(experiment, preset).figures
        assert [*figures] == [side.key for side in experiment.sides]
        assert all([*of] == [*experiment.kept] for of in figures.values())
        assert {len(values) for of in figures.values() for values in of.values()} == {len(SWEEP_SEEDS)}


@EACH
def test_a_traced_run_measures_the_same_and_shows_what_happened(experiment: Experiment):
    for side in experiment.sides:
        plain = experiment.run(experiment.default.parameters, 7, side.key, None)
        traced = experiment.run(experiment.default.parameters, 7, side.key, Trace())

        assert traced.figures == plain.figures
        assert 2 <= len(traced.story) <= STORY_LIMIT
        assert traced.failures
        assert (plain.story, plain.series, plain.failures) == ((), (), ())


@EACH
def test_all_sides_draw_the_same_charts_of_the_same_failures(experiment: Experiment):
    runs = [experiment.run(experiment.default.parameters, 7, side.key, Trace()) for side in experiment.sides]
    shapes = {tuple((one.key, one.name, one.unit, len(one.samples)) for one in run.series) for run in runs}

    assert len(shapes) == 1
    assert len({run.failures for run in runs}) == 1
    assert 1 <= len(runs[0].series) <= 4
    assert all(2 <= len(one.samples) <= 300 for run in runs for one in run.series)


def extremes(experiment: Experiment) -> Iterable[Parameters]:
    """Each setting alone at its ends, and all of them at their highest at once."""
    for key, setting in settings_of(experiment.parameters).items():
        for value in ends(setting):
            yield experiment.parameters(**{key: value})
    yield experiment.parameters(**{key: ends(one)[-1] for key, one in settings_of(experiment.parameters).items()})


def ends(setting: Whole | WordChoice) -> list[int | str]:
    if isinstance(setting, WordChoice):
        return [value for value, _ in setting.labels]
    return [setting.low, setting.high - (setting.high - setting.low) % setting.step]


@EACH
def test_at_its_bounds_it_gives_figures_or_says_that_it_is_too_much(experiment: Experiment):
    for parameters in extremes(experiment):
        try:
            found = experiment.run(parameters, 0, WITH, Trace())
        except TooManyEvents:
            continue
        assert all(value is None or 0 <= value < 1e9 for value in found.figures.values()), parameters
        assert all(one.from_us < one.until_us for one in found.failures), parameters


@EACH_PRESET
def test_all_sides_meet_the_same_chance(experiment: Experiment, preset: Preset, monkeypatch: pytest.MonkeyPatch):
    """Every stream has a purpose of its own, and no side draws more or less from it than another."""
    drawn: list[Drawn] = []
    monkeypatch.setattr(Stream, "__init__", noting(Stream.__init__, drawn))
    draws = []

    for side in experiment.sides:
        drawn.clear()
        experiment.run(preset.parameters, 3, side.key, None)
        draws.append(sorted((one.purpose, one.count) for one in drawn))

    assert all(one == draws[0] for one in draws)
    assert draws[0]
    assert len({purpose for purpose, _ in draws[0]}) == len(draws[0])


@dataclass
class Drawn:
    """How often a stream was asked."""

    purpose: str
    count: int = 0


def noting(made: Callable[..., None], drawn: list[Drawn]) -> Callable[..., None]:
    def init(stream: Stream, seed: int, purpose: str) -> None:
        made(stream, seed, purpose)
        note, random = Drawn(purpose), stream._random
        drawn.append(note)

        def counted() -> float:
            note.count += 1
            return random()

        stream._random = counted

    return init


def test_systems_and_experiments_can_be_read_in_one_go():
    assert all(len(path.read_text().splitlines()) <= 400 for path in LAB.rglob("*/*.py"))


@EACH_PRESET
def test_a_verdict_is_one_paragraph_that_can_be_read_at_once(experiment: Experiment, preset: Preset):
    sentence = stored_verdict(experiment, preset).sentence

    assert sentence.endswith(".")
    assert len(sentence.split()) < 130


@EACH
def test_the_mechanism_is_short_enough_to_be_read_on_the_entrys_page(experiment: Experiment):
    lines = sum(len(inspect.getsource(one).splitlines()) for one in experiment.mechanism)

    assert 25 <= lines <= 60
