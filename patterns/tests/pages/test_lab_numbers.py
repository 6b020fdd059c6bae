"""Every situation of every experiment: the same numbers on its page, as JSON and in a terminal."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from patterns.lab.experiment import Experiment, Preset
from patterns.lab.verdict import worded_figure
from patterns.tests.factories import make_pattern
from patterns.tests.lab.cases import EACH_PRESET
from patterns.tests.pages.trees import as_read, parsed, words

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor == "postgresql", reason="no number of the lab comes from a database"),
]


@EACH_PRESET
def test_page_data_and_command_have_the_same_numbers(client: Client, experiment: Experiment, preset: Preset):
    make_pattern("01", slug=experiment.slug)
    address, query, printed = f"/patterns/{experiment.slug}/lab", f"?preset={preset.key}", StringIO()

    page, data = parsed(client.get(f"{address}/{query}")), client.get(f"{address}.json{query}")
    call_command("run_experiment", experiment.slug, preset=preset.key, json=True, stdout=printed)

    assert data.content.decode() == printed.getvalue()
    cells = page.findall(".//table[@aria-label='Figures of all sides']/tbody/tr/td/span[@class='lab-values']")
    figures = [
        as_read(worded_figure(data.json()["sides"][side.key]["figures"][metric.key], metric))
        for metric in experiment.metrics
        for side in experiment.sides
    ]
    # A figure that is the same in all runs is not said again of this one.
    assert [words(cell).split()[-len(one.split()) :] for cell, one in zip(cells, figures, strict=True)] == [
        one.split() for one in figures
    ]
