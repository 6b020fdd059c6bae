from django.test import Client


def test_the_icon_is_found_at_the_usual_address(client: Client):
    response = client.get("/favicon.ico")

    assert (response.status_code, response["Location"]) == (302, "/static/patterns/logo.svg")


def test_a_page_is_only_read_and_asks_for_no_token():
    browser = Client(enforce_csrf_checks=True)

    assert [browser.post(address).status_code for address in ("/favicon.ico", "/", "/healthz")] == [405, 405, 405]
