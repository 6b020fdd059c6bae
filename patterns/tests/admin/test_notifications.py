"""The page on which everybody chooses what they are told, and the list that says why something did not come."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from patterns.models import Mail, MailSwitches
from patterns.tests.admin.forms import client_of
from patterns.tests.factories import AT
from patterns.tests.mail import reachable
from patterns.tests.workflow.staff import person

pytestmark = pytest.mark.django_db
PAGE, LIST = "/admin/notifications/", "/admin/patterns/mail/"


def page(user: User) -> str:
    return client_of(user).get(PAGE).content.decode()


def switches(user: User) -> list[str]:
    """The names of those that the page offers."""
    return [one for one in ("sent_back", "decided", "published", "review", "proposal") if f'name="{one}"' in page(user)]


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("viewer", []),
        ("editor", ["sent_back", "decided", "published"]),
        ("publisher", ["sent_back", "decided", "published", "review", "proposal"]),
    ],
)
def test_everybody_chooses_among_what_may_come(role: str, offered: list[str]):
    assert switches(person(role)) == offered


def test_who_never_chose_is_told_everything():
    assert page(person("editor")).count(" checked") == 3


def test_what_is_switched_off_stays_off():
    ada = person("editor")

    response = client_of(ada).post(PAGE, {"decided": "on"}, follow=True)

    chosen = MailSwitches.objects.get()
    assert (chosen.person, chosen.sent_back, chosen.decided, chosen.published) == (ada, False, True, False)
    assert "What you are told was stored." in response.content.decode()
    assert page(ada).count(" checked") == 1


def test_nobody_switches_for_others_nor_what_is_not_offered():
    ada, other = person("editor"), person("publisher")

    client_of(ada).post(PAGE, {"person": other.pk, "review": "", "decided": "on"})

    chosen = MailSwitches.objects.get()
    assert (chosen.person, chosen.review, chosen.proposal) == (ada, True, True)


def test_the_page_says_where_mail_goes_or_why_none_comes(settings):
    assert "has no mail address: ask a superuser" in page(person("editor"))
    assert "EMAIL_URL" in page(person("publisher"))

    settings.SENDS_MAIL = True

    text = page(reachable("editor", "Ada"))
    assert "ada@people.example" in text
    assert "EMAIL_URL" not in text


def test_every_page_of_the_desk_leads_to_it():
    assert f'href="{PAGE}"' in client_of(person("viewer")).get("/admin/").content.decode()


# the outbox


@pytest.fixture
def failed() -> Mail:
    about = {"subject": "[01] Saga: published", "state": "failed", "error": "550 No such person", "try_count": 3}
    return Mail.objects.create(kind="published", person=person("editor", "Ada"), created_at=AT, due_at=AT, **about)


def test_superusers_see_why_something_did_not_come(failed: Mail):
    client = client_of(person("superuser"))

    assert "550 No such person" in client.get(LIST).content.decode()
    assert "[01] Saga: published" in client.get(f"{LIST}{failed.pk}/change/").content.decode()


def test_superusers_have_it_sent_again(failed: Mail):
    sent = Mail.objects.create(kind="review", person=failed.person, state="sent", created_at=AT, due_at=AT)
    keys = [failed.pk, sent.pk]

    client_of(person("superuser")).post(LIST, {"action": "send_now", "_selected_action": keys})

    failed.refresh_from_db()
    sent.refresh_from_db()
    assert (failed.state, failed.try_count, sent.state) == ("waiting", 0, "sent")
    assert failed.due_at > AT


def test_nobody_else_sees_what_others_are_told(failed: Mail):
    client: Client = client_of(person("publisher"))

    assert client.get(LIST).status_code == 403
    assert client.post(LIST, {"action": "send_now", "_selected_action": [failed.pk]}).status_code == 403
    failed.refresh_from_db()
    assert failed.state == "failed"
