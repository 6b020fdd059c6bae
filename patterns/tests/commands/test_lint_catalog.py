import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from patterns.models import Pattern
from patterns.store.writing import Authorship
from patterns.tests.factories import authorship, make_pattern

pytestmark = pytest.mark.django_db
GOOD = "A pattern that says what it is in one sentence."


def days_ago(days: int) -> Authorship:
    return authorship(at=timezone.now() - timedelta(days=days))


def draft(code: str = "01", *, days: int = 0, **values: Any) -> Pattern:
    """An entry in which nothing is missing yet."""
    return make_pattern(code, by=days_ago(days), **{"description": GOOD, "status": "draft", **values})


def said(**options: object) -> str:
    out = StringIO()
    call_command("lint_catalog", stdout=out, **options)
    return out.getvalue()


def test_it_counts_what_it_looked_at():
    draft("01")
    draft("02")

    assert said() == "2 entries: 0 errors, 0 warnings, 0 hints\n"


def test_findings_stand_below_their_entry_with_all_there_is_to_say():
    draft("01", name="Saga", description="Undoes it.")
    draft("02", name="Outbox", description="Keeps messages in order to send them.")

    assert said() == (
        "[01] Saga\n"
        "  warning description-length description: has 2 words; say it in 4 to 40 words\n"
        "[02] Outbox\n"
        "  hint wordy description: says 'in order to'; to would do\n"
        "2 entries: 0 errors, 1 warning, 1 hint\n"
    )


def test_an_error_ends_in_exit_code_1():
    draft(description=f"{GOOD} TODO")

    with pytest.raises(CommandError, match="1 entry: 1 error, 0 warnings, 0 hints") as caught:
        said()
    assert caught.value.returncode == 1


def test_the_given_keys_alone_refuse_nothing():
    draft(status="published")

    assert "1 entry: 0 errors, 11 warnings, 0 hints" in said()


@pytest.mark.parametrize(("days", "is_found"), [(366, True), (364, False)])
def test_an_entry_that_was_not_saved_for_a_year_is_named(days: int, is_found: bool):
    draft(days=days)

    assert ("  warning not-reviewed: was last saved on " in said()) == is_found


def test_findings_are_had_as_json():
    draft(description="Short.")

    [finding] = json.loads(said(json=True))["findings"]

    assert finding == {
        "rule": "description-length",
        "severity": "warning",
        "code": "01",
        "key": "description",
        "message": "has 1 word",
        "hint": "say it in 4 to 40 words",
    }


def test_json_names_errors_and_fails_as_well(capsys: pytest.CaptureFixture[str]):
    draft(description=f"{GOOD} TODO")

    with pytest.raises(CommandError):
        call_command("lint_catalog", json=True)
    assert json.loads(capsys.readouterr().out)["findings"][0]["rule"] == "unfinished"
