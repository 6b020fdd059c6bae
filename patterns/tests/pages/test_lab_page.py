"""The page of an experiment."""

from dataclasses import replace
from itertools import pairwise
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from django.test import Client

from patterns.lab.experiment import Role
from patterns.lab.experiments import EXPERIMENTS
from patterns.lab.golden import stored, stored_file, stored_verdict
from patterns.lab.sweep import sweep
from patterns.lab.verdict import Stance, figure_text, range_of, stance_of, verdict_of, worded_figure
from patterns.tests.factories import change_pattern, make_pattern
from patterns.tests.pages.trees import as_read, links, parsed, text, texts, words

pytestmark = pytest.mark.django_db
SLUG = "circuit-breaker-pattern"
ADDRESS = f"/patterns/{SLUG}/lab/"
BREAKER = next(one for one in EXPERIMENTS if one.slug == SLUG)
OWN = "?workers=30&seed=7"
FAULT = "the dependency does not answer"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def breaker(db):
    return make_pattern("10", name="Circuit Breaker Pattern", category="Resilience")


def page_of(client: Client, query: str = "") -> Element:
    response = client.get(f"{ADDRESS}{query}")
    assert response.status_code == 200
    return parsed(response)


def run_of(client: Client, query: str = "") -> dict[str, Any]:
    return client.get(f"/patterns/{SLUG}/lab.json{query}").json()


def labelled(page: Element, label: str) -> Element:
    [found] = page.findall(f".//table[@aria-label='{label}']")
    return found


def rows(table: Element) -> list[list[str]]:
    return [texts(row, "th") + texts(row, "td") for row in table.findall(".//tbody/tr")]


def values(page: Element) -> dict[str, str]:
    """What the form holds."""
    fields = {one.attrib["name"]: one.get("value", "") for one in page.iter("input")}
    chosen = {one.attrib["name"]: one.find("option[@selected]") for one in page.iter("select")}
    return fields | {name: option.attrib["value"] for name, option in chosen.items() if option is not None}


def test_it_works(client: Client):
    page = page_of(client)

    assert texts(page, "h1") == [BREAKER.title]
    assert BREAKER.question in text(page)
    assert links(page)[f"/patterns/{SLUG}/"] == "Circuit Breaker Pattern"
    assert as_read(stored_verdict(BREAKER, BREAKER.default).sentence) in text(page)


@pytest.mark.parametrize("preset", BREAKER.presets, ids=lambda one: one.key)
def test_each_situation_has_its_verdict(client: Client, preset: Any):
    page = page_of(client, f"?preset={preset.key}")

    assert as_read(stored_verdict(BREAKER, preset).sentence) in text(page)
    assert texts(page.find(".//a[@aria-current='page']"), "span")[0] == preset.name
    assert "one run, not a verdict" not in text(page)


def test_situations_are_links_that_say_what_came_of_them(client: Client):
    found = links(page_of(client).find(".//nav[@aria-label='Situations']"))

    assert found[f"{ADDRESS}?preset=one-for-all"] == "One breaker over four shards Hurts"
    assert found[ADDRESS] == "A dependency stops answering Helps"


def test_settings_of_ones_own_get_a_verdict_of_ten_runs_and_the_command_for_more(client: Client):
    page = page_of(client, OWN)

    outcome = sweep(BREAKER, replace(BREAKER.default.parameters, workers=30), seeds=range(7, 17))
    assert as_read(verdict_of(BREAKER, BREAKER.default, outcome).sentence) in text(page)
    assert "The verdict is of 10 runs; that of a situation above is of 30." in text(page)
    assert "The same requests and the same faults, sent through each side once." in text(page)
    assert "means of 10 runs" in text(page)
    command = f"python manage.py run_experiment {SLUG} --preset default --set workers=30 --seed 7"
    assert {command, f"{command} --sweep 30"} <= {*texts(page, "code")}
    assert page.find(".//a[@aria-current='page']") is None


def test_settings_that_are_too_large_for_ten_runs_say_so(client: Client):
    page = page_of(client, "?calls=60&others=40&outage_s=30&open_s=30&timeout_ms=5000&workers=60")

    assert "This is one run, not a verdict." in text(page)
    assert "these settings are too large for several runs in a page" in text(page)
    assert page.find(".//details[@class='lab-twin lab-dots']") is None


def test_settings_that_make_another_situation_are_that_situation(client: Client):
    page = page_of(client, "?timeout_ms=200")

    assert as_read(stored_verdict(BREAKER, BREAKER.preset("short-timeout")).sentence) in text(page)


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ("", ""),
        ("?preset=default&seed=0&workers=20", ""),
        ("?seed=7&workers=30", "?workers=30&amp;seed=7"),
        ("?timeout_ms=200", "?preset=short-timeout"),
        ("?preset=bulkhead&seed=3", "?preset=bulkhead&amp;seed=3"),
        ("?preset=long-timeout&timeout_ms=1000&calls=40", ""),
    ],
)
def test_a_run_has_one_address(client: Client, settings, query: str, canonical: str):
    settings.SITE_URL = "https://catalog.example"

    head = client.get(f"{ADDRESS}{query}").content.decode()

    assert f'<link rel="canonical" href="https://catalog.example{ADDRESS}{canonical}">' in head


def test_the_form_holds_what_was_asked_for(client: Client):
    found = values(page_of(client, "?preset=one-for-each&workers=13&seed=7"))

    expected = {"preset": "one-for-each", "workers": "13", "shards": "4", "scope": "shard", "seed": "7"}
    assert {key: found[key] for key in expected} == expected


def test_the_form_as_it_stands_asks_for_the_same_run(client: Client):
    page = page_of(client, OWN)

    asked = "&".join(f"{name}={value}" for name, value in values(page).items() if not name.startswith("your_"))

    assert run_of(client, f"?{asked}") == run_of(client, OWN)


def test_each_field_says_what_can_be(client: Client):
    page = page_of(client)

    field = page.find(".//input[@name='timeout_ms']")
    assert {key: field.get(key) for key in ("min", "max", "step")} == {"min": "100", "max": "5000", "step": "100"}
    about = page.find(f".//*[@id='{field.get('aria-describedby')}']")
    assert "".join(about.itertext()).split(".")[0] == "100 to 5000, in steps of 100"


def test_the_figures_stand_side_by_side_and_prices_are_marked(client: Client):
    table, found = labelled(page_of(client), "Figures of all sides"), stored(BREAKER, BREAKER.default)

    assert texts(table.find("thead"), "th") == ["Figure", *(side.name for side in BREAKER.sides), "Difference"]
    for metric, row in zip(BREAKER.metrics, rows(table), strict=True):
        means = [as_read(worded_figure(found.mean(side.key, metric.key), metric)) for side in BREAKER.sides]
        said = [cell.removeprefix(f"{side.name} ") for side, cell in zip(BREAKER.sides, row[1:], strict=False)]
        assert all(cell.startswith(mean) for cell, mean in zip(said, means, strict=True))
        is_price = metric.role is not Role.PRIMARY and metric.name in stored_verdict(BREAKER, BREAKER.default).price
        assert ("price" in row[0].split()) == is_price


def test_each_difference_says_whether_it_is_for_the_better(client: Client):
    table, found = labelled(page_of(client), "Figures of all sides"), stored(BREAKER, BREAKER.default)

    words_of = {Stance.HELPS: "Better: ", Stance.HURTS: "Worse: ", Stance.SAME: ""}
    for metric, row in zip(BREAKER.metrics, rows(table), strict=True):
        difference = as_read(range_of(metric, found.difference(metric.key, against="without")))
        assert row[-1] == f"Difference {words_of[stance_of(metric, found, against='without')]}{difference}"


def test_a_figure_is_there_with_its_ends_and_what_this_run_gave(client: Client):
    page, run = page_of(client, "?seed=3"), run_of(client, "?seed=3")
    found, metric = stored(BREAKER, BREAKER.default), BREAKER.primary

    cell = rows(labelled(page, "Figures of all sides"))[0][1]

    spread = found.spread("without", metric.key)
    this = run["sides"]["without"]["figures"][metric.key]
    mean, low, high, one = (as_read(worded_figure(of, metric)) for of in (spread.mean, spread.low, spread.high, this))
    assert cell == f"Timeout alone {mean} {low} to {high} this run {one}"


def test_every_run_is_a_dot_and_what_never_changes_is_a_line_of_text(client: Client):
    [dots] = page_of(client).findall(".//details[@class='lab-twin lab-dots']")
    drawn = " ".join(one.attrib["d"] for one in dots.findall(f".//{SVG}path[@class='dots-of']"))

    found = stored(BREAKER, BREAKER.default)
    moving = [
        metric
        for metric in BREAKER.metrics
        if any(len({*found.measured(side.key, metric.key)}) > 1 for side in BREAKER.sides)
    ]
    assert len(moving) < len(BREAKER.metrics)
    # Each is drawn twice: as broad screens show it and as narrow ones do.
    assert drawn.count("M") == 2 * 30 * len(BREAKER.sides) * len(moving)
    assert words(dots).count("The same in every run: ") == len(BREAKER.metrics) - len(moving)


@pytest.mark.parametrize("preset", BREAKER.presets, ids=lambda one: one.key)
def test_each_side_is_drawn_with_its_numbers(client: Client, preset: Any):
    page = page_of(client, f"?preset={preset.key}")

    drawn = page.findall(".//figure[@class='lab-structure']")
    assert [one.findtext("figcaption") for one in drawn] == [side.name for side in BREAKER.sides]
    for side, figure in zip(BREAKER.sides, drawn, strict=True):
        structure = BREAKER.structure(preset.parameters, side.key)
        said = words(figure.find(f".//{SVG}desc"))
        assert all(f"{part.name} ({part.note}" in said for part in structure.parts)
        assert said.count("breaks") == sum(part.is_broken for part in structure.parts)
        assert said.count("new on this side") == sum(part.is_new for part in structure.parts)


def test_the_system_stands_before_the_verdict_and_the_chart_after_it(client: Client):
    whole = client.get(ADDRESS).content.decode()

    order = ["lab-structures", "verdict-finding", 'id="chart-', 'id="events"', 'id="knob"', 'id="figures"', 'id="law"']
    assert [whole.index(one) for one in order] == sorted(whole.index(one) for one in order)


def test_the_knob_has_a_line_for_each_side_and_the_same_numbers_in_a_table(client: Client):
    page = page_of(client)

    table = next(one for one in page.iter("table") if one.findtext("caption") == BREAKER.primary.name)
    means = stored_file(SLUG).knob
    expected = [
        [f"{value:,} ms", *(as_read(worded_figure(means[side.key][at], BREAKER.primary)) for side in BREAKER.sides)]
        for at, value in enumerate(BREAKER.knob.values)
    ]
    assert rows(table) == expected


def test_theory_stands_beside_what_the_model_gave(client: Client):
    told = words(page_of(client).find(".//section[@aria-labelledby='law']"))

    law, measured = BREAKER.laws[0], stored_file(SLUG).laws[BREAKER.laws[0].name]
    assert f"Theory says {law.expected:.4g} The model gave {measured.mean:.4g} ± {measured.half:.4g}" in told


# A reader's own numbers


def answer(page: Element) -> str:
    [found] = [one for one in page.iter("p") if one.get("class") == "lab-answer"]
    return words(found)


def test_a_reader_works_out_what_the_law_says_of_a_system_of_ones_own(client: Client):
    page = page_of(client, "?your_calls=100&your_timeout_ms=300&your_workers=30&preset=long-timeout")

    assert answer(page).startswith("While the dependency does not answer, its calls would hold 30 workers at once")
    assert values(page)["your_calls"] == "100"
    # The run is that of the situation, and the next calculation keeps it.
    assert as_read(stored_verdict(BREAKER, BREAKER.preset("long-timeout")).sentence) in text(page)
    assert values(page)["preset"] == "long-timeout"


def test_the_calculator_has_an_answer_before_anybody_asks(client: Client):
    assert answer(page_of(client)) == BREAKER.calculator.answer(BREAKER.calculator.settings())


def test_a_number_of_ones_own_that_cannot_be_is_marked_and_the_run_stays(client: Client):
    response = client.get(f"{ADDRESS}?your_calls=-1&your_workers=many&your_nothing=1")
    page = parsed(response)

    assert response.status_code == 400
    assert answer(page) == "Nothing was worked out: what can be stands at each number above."
    assert page.find(".//input[@name='your_calls']").get("aria-invalid") == "true"
    assert page.find(".//input[@name='your_workers']").get("value") == "many"
    assert as_read(stored_verdict(BREAKER, BREAKER.default).sentence) in text(page)


def test_a_chart_has_the_lines_of_all_sides_and_the_fault(client: Client):
    page, series = page_of(client), shared_series(run_of(client))

    chart = page.find(f".//{SVG}svg[@aria-labelledby='chart-{series[0]['key']}-title']")
    said = " ".join(one.text or "" for one in chart.iter(f"{SVG}text"))
    assert [side.name for side in BREAKER.sides if side.name not in said] == []
    assert chart.find(f"{SVG}rect[@class='span']") is not None


def test_the_table_below_a_chart_holds_the_same_numbers(client: Client):
    page, run = page_of(client), run_of(client)
    [name, *_] = [one["name"] for one in shared_series(run)]

    [table] = [one for one in page.iter("table") if one.findtext("caption", "").startswith(name)]
    samples = [dict(side["series"][0]["samples"]) for side in run["sides"].values()]
    expected = [[figure_text(at / 1_000_000), *(figure_text(one[at]) for one in samples)] for at in samples[0]]
    assert [row[:-1] for row in rows(table)] == expected
    assert [row[-1] for row in rows(table)][8:12] == ["", "", FAULT, FAULT]


def test_the_table_below_a_chart_shows_its_unit(client: Client):
    page, series = page_of(client), shared_series(run_of(client))

    captions = [("".join(one.itertext()), one.get("class")) for one in page.iter("caption")]
    assert captions[: len(series)] == [(f"{one['name']}, {one['unit']}", None) for one in series]


def shared_series(run: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of the first side, which the others have too."""
    return run["sides"]["without"]["series"]


def test_the_list_below_a_diagram_tells_the_same_story_with_its_times(client: Client):
    page, run = page_of(client), run_of(client)

    lists = page.findall(".//ol[@class='lab-events']")
    for told, side in zip(lists, run["sides"].values(), strict=True):
        story = side["story"]
        assert [one.split()[0] for one in texts(told, "li")] == [f"{one['at_us'] / 1e6:.3f}" for one in story]
        assert all(one["text"] in line for one, line in zip(story, texts(told, "li"), strict=True))


def test_the_model_says_what_it_assumes_leaves_out_and_meets(client: Client):
    shown = text(page_of(client))

    law = BREAKER.laws[0]
    told = [*BREAKER.assumptions, *BREAKER.limits, law.name, law.formula, law.assumptions, law.source]
    assert [one for one in told if one not in shown] == []


def test_the_program_can_be_read(client: Client):
    page = page_of(client)

    assert {f"patterns/lab/{kind}/circuit_breaker.py" for kind in ("experiments", "systems")} <= {*texts(page, "code")}
    marked = {one.get("class"): one.text for one in page.findall(".//details[@class='lab-source']//span")}
    assert {"code-k", "code-s", "code-nf", "code-nc"} <= marked.keys()
    assert "class Breaker:" in "".join(page.itertext())


def test_a_form_that_was_sent_shows_its_result_first(client: Client):
    page = page_of(client, OWN)

    assert page.find(".//form[@class='lab-form']").get("action") == f"{ADDRESS}#result"
    assert page.find(".//details[@class='lab-settings']").get("open") is None


def test_no_line_ends_between_a_number_and_its_unit(client: Client):
    [verdict] = [one for one in page_of(client).iter("p") if one.get("class") == "verdict-finding"]

    words = "".join(verdict.itertext())
    assert "\xa0%" in words
    assert [unit for unit in (" %", " ms", " points") if unit in words] == []


def test_another_seed_is_one_click_away(client: Client):
    assert links(page_of(client, "?preset=bulkhead"))["?preset=bulkhead&seed=1#run"] == "seed 1"
    assert links(page_of(client, "?seed=9999"))["?#run"] == "seed 0"


def test_the_same_address_gives_the_same_bytes(client: Client):
    assert client.get(f"{ADDRESS}{OWN}").content == client.get(f"{ADDRESS}?seed=7&workers=30").content


def test_headings_go_down_by_one(client: Client):
    levels = [int(one.tag[1]) for one in page_of(client).iter() if str(one.tag) in ("h1", "h2", "h3", "h4")]

    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_no_id_is_used_twice(client: Client):
    ids = [one.attrib["id"] for one in page_of(client).iter() if one.get("id")]

    assert len(ids) == len({*ids})


def test_the_contents_lead_to_what_is_there(client: Client):
    page = page_of(client)

    ids = {f"#{one.get('id')}" for one in page.iter()}
    assert {href for href in links(page) if href.startswith("#")} - ids == {"#q"} & {*links(page)}


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda one: one.slug)
def test_every_experiment_has_a_page(client: Client, experiment: Any):
    if experiment.slug != SLUG:
        make_pattern("01", slug=experiment.slug)

    page = parsed(client.get(f"/patterns/{experiment.slug}/lab/"))

    assert texts(page, "h1") == [experiment.title]
    assert len(labelled(page, "Figures of all sides").findall(".//tbody/tr")) == len(experiment.metrics)


@pytest.mark.parametrize("end", ["lab/", "lab.json"])
def test_a_former_slug_redirects_with_all_that_was_asked(client: Client, breaker, end: str):
    change_pattern(breaker, slug="breaker")

    response = client.get(f"/patterns/{SLUG}/{end}{OWN}")

    assert (response.status_code, response["Location"]) == (301, f"/patterns/breaker/{end}?seed=7&workers=30")
    assert client.get(response["Location"]).status_code == 200


def test_an_entry_that_was_renamed_keeps_its_experiment(client: Client, breaker):
    change_pattern(breaker, slug="breaker")

    page = parsed(client.get("/patterns/breaker/lab/"))

    assert "/patterns/breaker/lab/?preset=bulkhead" in links(page)
    assert f"python manage.py run_experiment {SLUG} --preset default --seed 0" in texts(page, "code")


@pytest.mark.parametrize("end", ["lab/", "lab.json"])
@pytest.mark.parametrize(("status", "code"), [("draft", 404), ("review", 404), ("retired", 410)])
def test_an_entry_that_is_not_public_has_no_experiment(client: Client, breaker, status: str, code: int, end: str):
    change_pattern(breaker, status=status)

    assert client.get(f"/patterns/{SLUG}/{end}").status_code == code


@pytest.mark.parametrize("end", ["lab/", "lab.json"])
@pytest.mark.parametrize("slug", ["saga", "nothing", "%00", "a" * 5000])
def test_what_has_no_experiment_is_not_found(client: Client, slug: str, end: str):
    make_pattern("01", name="Saga")

    assert client.get(f"/patterns/{slug}/{end}").status_code == 404
