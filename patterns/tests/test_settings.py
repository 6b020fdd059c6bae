"""Settings are read once, at the start: each test starts a process of its own."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from archsite.environment import proxy_count, secret_key

ROOT = Path(__file__).resolve().parent.parent.parent
KNOWN = ("DATABASE_URL", "SECRET_KEY", "DEBUG", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SITE_URL", "TRUST_PROXY")
KNOWN += ("STATE_DIRECTORY", "HSTS", "DJANGO_SETTINGS_MODULE")
OPTIONAL = ("EMAIL_URL", "EMAIL_FROM", "SECURITY_CONTACT", "SECURITY_POLICY")
GOOD_KEY = "k" * 20 + "0123456789-abcdefghij_ABCDEFGHIJ" + "z" * 20
PRINT = "import json; from archsite import settings as s; print(json.dumps([getattr(s, n, None) for n in {names!r}]))"


def start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if key not in (*KNOWN, "LOG_LEVEL", "PORT", *OPTIONAL)}
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=clean | environment, capture_output=True, text=True, check=False
    )


def settings_of(*names: str, **environment: str) -> list:
    done = start("-c", PRINT.format(names=names), **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def refusal_of(**environment: str) -> str:
    """The one sentence with which a command ends."""
    done = start("manage.py", "check", **environment)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
    return done.stderr


def test_nothing_needs_to_be_set():
    debug, url, hosts = settings_of("DEBUG", "SITE_URL", "ALLOWED_HOSTS")

    assert debug is False
    assert url == "http://127.0.0.1:8000"
    assert hosts[:3] == ["localhost", "127.0.0.1", "[::1]"]


@pytest.mark.parametrize(
    ("url", "host"), [("https://Catalog.example", "catalog.example"), ("https://[2001:db8::1]:8443", "[2001:db8::1]")]
)
def test_the_host_of_the_site_is_answered(url: str, host: str):
    [hosts] = settings_of("ALLOWED_HOSTS", SITE_URL=url)

    assert host in hosts


@pytest.mark.parametrize("url", ["mysql://u@h/d", "oracle://u@h/d", "nonsense", "/var/db.sqlite3"])
def test_other_databases_are_refused_with_what_to_use(url: str):
    message = refusal_of(DATABASE_URL=url)

    assert message.startswith("DATABASE_URL")
    assert "postgres://user@host:5432/name" in message


@pytest.mark.parametrize(
    "url",
    [
        *("catalog.example", "ftp://x.example", "https://", "http://x/", "http://x:y", "http://u:p@x"),
        *(
            "http://x/path/",
            "http://x/a//b",
            "http://x/../a",
            "http://x/a?b",
            "http://x/a#b",
            "http://x/a b",
            "http://x/é",
        ),
    ],
)
def test_a_wrong_site_url_is_refused_with_an_example(url: str):
    message = refusal_of(SITE_URL=url)

    assert message.startswith("SITE_URL")
    assert "https://catalog.example" in message


PLACES = ("SITE_URL", "SITE_PATH", "FORCE_SCRIPT_NAME", "STATIC_URL", "SESSION_COOKIE_PATH", "CSRF_COOKIE_PATH")


def test_a_site_may_lie_below_a_path():
    assert settings_of(*PLACES) == ["http://127.0.0.1:8000", "", None, "/static/", "/", "/"]

    url, *paths = settings_of(*PLACES, SITE_URL="https://example.org/its/catalog")

    assert url == "https://example.org"
    assert paths == ["/its/catalog", "/its/catalog", "/its/catalog/static/", "/its/catalog/", "/its/catalog/"]


def test_a_path_by_another_name_is_refused_with_the_right_one():
    message = refusal_of(SCRIPT_NAME="/catalog")

    assert message.startswith("SCRIPT_NAME is '/catalog'. Give the path in SITE_URL instead")


@pytest.mark.parametrize(("url", "prefix"), [("https://a.example", ""), ("https://a.example/b.c", "b.c/")])
def test_only_probes_are_spared_the_redirect_to_https(url: str, prefix: str):
    [[exempt]] = settings_of("SECURE_REDIRECT_EXEMPT", SITE_URL=url)

    assert all(re.search(exempt, f"{prefix}{name}") for name in ("healthz", "readyz"))
    assert not any(re.search(exempt, f"{prefix}{name}") for name in ("", "healthz/", "admin/healthz"))


def test_a_wrong_log_level_is_refused():
    assert "LOG_LEVEL is 'LOUD'" in refusal_of(LOG_LEVEL="loud")


@pytest.mark.parametrize("url", ["postgres://u:geheim@h:x/d", "postgres://u:ge/heim@h/d", "postgres://u:geheim@[::1/d"])
def test_an_address_of_a_database_that_cannot_be_read_is_refused_without_its_password(url: str):
    message = refusal_of(DATABASE_URL=url)

    assert message.startswith("DATABASE_URL cannot be read")
    assert "heim" not in message


@pytest.mark.parametrize("hosts", ["https://catalog.example", "catalog.example:8000", "a.example b.example", "a/b"])
def test_hosts_are_names_alone(hosts: str):
    wrong = f"a.example,{hosts}"

    assert refusal_of(ALLOWED_HOSTS=wrong).startswith(
        f"ALLOWED_HOSTS holds {hosts!r}. Give names without scheme and port"
    )


@pytest.mark.parametrize("origin", ["catalog.example", "https://catalog.example/", "ftp://catalog.example"])
def test_origins_have_a_scheme_and_no_path(origin: str):
    assert refusal_of(CSRF_TRUSTED_ORIGINS=origin).startswith(f"CSRF_TRUSTED_ORIGINS holds {origin!r}. Give origins")


def test_hosts_and_origins_are_taken_as_django_takes_them():
    hosts, origins = ["catalog.example", ".b.example", "[2001:db8::1]", "*"], ["https://*.b.example", "http://[::1]:80"]

    found = settings_of(
        "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", ALLOWED_HOSTS=", ".join(hosts), CSRF_TRUSTED_ORIGINS=",".join(origins)
    )

    assert found == [hosts, ["http://127.0.0.1:8000", *origins]]


def test_what_is_neither_on_nor_off_is_refused():
    assert refusal_of(DEBUG="ture") == "DEBUG is 'ture'. Use 1 for on, or 0 for off.\n"


@pytest.mark.parametrize("url", ["postgres://postgres@127.0.0.1/", "postgres://postgres@127.0.0.1"])
def test_an_address_without_a_database_is_refused(url: str):
    assert refusal_of(DATABASE_URL=url).startswith("DATABASE_URL names no database. Use postgres://")


@pytest.mark.parametrize(
    "key",
    ["x", "k" * 60, "django-insecure-0123456789-abcdefghij_ABCDEFGHIJ-0123456789"],
    ids=["short", "dull", "known"],
)
def test_a_key_that_can_be_guessed_is_refused(tmp_path, key: str):
    (tmp_path / "secret_key").write_text(key)

    assert refusal_of(SECRET_KEY=key).startswith("SECRET_KEY can be guessed: 50 characters are needed")
    assert f"key in {tmp_path}/secret_key can be guessed" in refusal_of(STATE_DIRECTORY=str(tmp_path))


def test_a_key_that_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "secret_key").mkdir()

    assert f"key in {tmp_path}/secret_key cannot be read: is a directory" in refusal_of(STATE_DIRECTORY=str(tmp_path))


def test_a_key_of_strange_characters_is_refused(tmp_path):
    (tmp_path / "secret_key").write_bytes(b"\xff" * 60)

    assert "cannot be read: it holds other characters" in refusal_of(STATE_DIRECTORY=str(tmp_path))


def test_a_directory_that_cannot_be_written_to_is_refused(tmp_path):
    (tmp_path / "file").touch()

    message = refusal_of(STATE_DIRECTORY=str(tmp_path / "file" / "state"))

    assert message.startswith(f"Nothing can be written to {tmp_path}/file/state: not a directory.")


def test_a_directory_in_which_no_key_can_be_made_is_refused():
    """As in a clone that is only read; in /proc not even root makes a file."""
    assert refusal_of(STATE_DIRECTORY="/proc").startswith("Nothing can be written to /proc: no such file")


@pytest.mark.parametrize("path", ["state", "/var/lib/one:/var/lib/two"])
def test_the_state_directory_is_one_absolute_path(path: str):
    assert refusal_of(STATE_DIRECTORY=path).startswith(f"STATE_DIRECTORY is {path!r}. Give one absolute path")


def test_key_and_database_lie_in_the_state_directory(tmp_path):
    state = tmp_path / "new" / "state"

    (databases,) = settings_of("DATABASES", STATE_DIRECTORY=str(state))

    assert databases["default"]["NAME"] == str(state / "archsite.sqlite3")
    assert [one.name for one in state.iterdir()] == ["secret_key"]


def test_sqlite_is_tuned_for_many_writers():
    (databases,) = settings_of("DATABASES")

    assert databases["default"]["ENGINE"] == "archsite.sqlite"
    assert databases["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert databases["default"]["OPTIONS"]["timeout"] == 20


def test_postgresql_keeps_connections_and_the_options_of_its_address():
    (databases,) = settings_of("DATABASES", DATABASE_URL="postgres://u:p@db.example:6432/archsite?sslmode=require")

    database = databases["default"]
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", 6432, "archsite")
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (60, True)
    assert database["OPTIONS"] == {"sslmode": "require"}


def served_options(**environment: str) -> dict[str, object]:
    """The options of connections where the site is served."""
    code = "import json, archsite.wsgi; from django.db import connection; print(json.dumps(connection.settings_dict))"
    done = start("-c", code, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["OPTIONS"]


def test_whom_the_site_serves_waits_for_no_lock_and_no_statement_for_long():
    assert served_options()["timeout"] == 5

    options = served_options(DATABASE_URL="postgres://u:p@db.example/a?options=-c%20statement_timeout=60s")["options"]

    # PostgreSQL lets the last one win.
    assert options == "-c jit=off -c lock_timeout=5s -c statement_timeout=15s -c statement_timeout=60s"


def test_connections_to_sqlite_are_kept():
    assert settings_of("DATABASES")[0]["default"]["CONN_MAX_AGE"] is None


HTTPS_ONLY = ("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
HSTS = ("SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD")
YEAR_S = 31_536_000


def test_an_https_address_turns_on_redirect_and_secure_cookies():
    *switches, hosts = settings_of(*HTTPS_ONLY, "ALLOWED_HOSTS", SITE_URL="https://catalog.example")

    assert switches == [True] * len(HTTPS_ONLY)
    assert "catalog.example" in hosts


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://catalog.example:8080", "http://catalog.example:8080"),
        ("https://Catalog.Example:443", "https://catalog.example"),
        ("http://[::1]:80", "http://[::1]"),
    ],
)
def test_forms_of_the_sites_own_address_are_always_accepted(url: str, origin: str):
    assert settings_of("CSRF_TRUSTED_ORIGINS", SITE_URL=url) == [[origin]]


def test_other_origins_are_accepted_beside_it():
    others = {"SITE_URL": "https://catalog.example", "CSRF_TRUSTED_ORIGINS": "https://desk.example"}

    assert settings_of("CSRF_TRUSTED_ORIGINS", **others) == [["https://catalog.example", "https://desk.example"]]


def test_over_https_a_cookie_is_of_this_host_and_no_script_of_a_neighbour_plants_one():
    names = "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "MESSAGE_COOKIE_NAME"
    cookies = ["sessionid", "csrftoken", "messages"]

    assert settings_of(*names, SITE_URL="https://catalog.example") == [f"__Host-{name}" for name in cookies]
    assert settings_of(*names) == cookies


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "https://catalog.example", "https://example.org/catalog"])
def test_the_script_of_forms_finds_the_cookie_by_each_of_its_names(url: str):
    script = (ROOT / "patterns" / "static" / "patterns" / "admin" / "entry_form.js").read_text()
    pattern = re.search(r"document\.cookie\.match\(/(.+?)/\)", script)
    assert pattern is not None

    (name,) = settings_of("CSRF_COOKIE_NAME", SITE_URL=url)

    found = re.search(pattern[1], f"other=1; {name}=abc; x{name}=wrong")
    assert found is not None
    assert found[1] == "abc"


def test_passwords_are_kept_as_django_keeps_them_now():
    code = "import django; django.setup(); from django.contrib.auth.hashers import make_password as p; print(p('x'))"
    done = start("-c", code, DJANGO_SETTINGS_MODULE="archsite.settings")

    algorithm, rounds, salt, _ = done.stdout.split("$")
    assert (algorithm, int(rounds) >= 600_000, len(salt) >= 22) == ("pbkdf2_sha256", True, True)


def test_a_plain_address_leaves_them_off():
    assert settings_of(*HTTPS_ONLY, *HSTS, HSTS="preload") == [*[False] * len(HTTPS_ONLY), 0, False, False]


@pytest.mark.parametrize(
    ("asked", "given"),
    [("", [YEAR_S, False, False]), ("includeSubDomains", [YEAR_S, True, False]), ("preload", [YEAR_S, True, True])],
)
def test_other_hosts_are_bound_to_https_only_when_asked_for(asked: str, given: list):
    assert settings_of(*HSTS, SITE_URL="https://catalog.example", HSTS=asked) == given


def test_hsts_of_another_word_is_refused():
    assert refusal_of(HSTS="subdomains").startswith("HSTS is 'subdomains'. Leave it out")


def test_the_proxy_is_believed_only_when_told():
    assert settings_of("SECURE_PROXY_SSL_HEADER") == [None]
    assert settings_of("SECURE_PROXY_SSL_HEADER", TRUST_PROXY="1") == [["HTTP_X_FORWARDED_PROTO", "https"]]


@pytest.mark.parametrize(
    ("value", "count"),
    [("", 0), ("0", 0), ("off", 0), ("False", 0), ("1", 1), ("True", 1), ("on", 1), ("2", 2), ("9", 9)],
)
def test_proxies_are_counted(value: str, count: int):
    assert proxy_count(value) == count


@pytest.mark.parametrize("value", ["10", "-1", "1.5", "10.0.0.1", "²", " "])
def test_what_is_no_count_of_proxies_is_refused(value: str):
    with pytest.raises(ImproperlyConfigured, match=r"TRUST_PROXY is .* 1 for one proxy"):
        proxy_count(value)


@pytest.mark.parametrize("environment", [{}, {"SECRET_KEY": GOOD_KEY}], ids=["generated key", "given key"])
def test_the_deployment_check_is_clean(environment: dict[str, str]):
    done = start(
        "manage.py", "check", "--deploy", "--fail-level", "WARNING", SITE_URL="https://catalog.example", **environment
    )

    assert done.returncode == 0, done.stderr


def test_probes_are_answered_over_plain_http(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/healthz").status_code == 200
    assert client.get("/admin/").status_code == 301


MAIL_SETTINGS = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS", "EMAIL_USE_SSL")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://127.0.0.1:2525", ["127.0.0.1", 2525, "", "", False, False]),
        ("smtp://relay.example/", ["relay.example", 25, "", "", False, False]),
        ("smtp://u:p@relay.example?tls=starttls", ["relay.example", 587, "u", "p", True, False]),
        (
            "smtps://desk%40x.example:s%2Fe%3Acret@[2001:db8::1]",
            ["2001:db8::1", 465, "desk@x.example", "s/e:cret", False, True],
        ),
    ],
)
def test_a_mail_server_is_one_address(url: str, expected: list):
    assert settings_of("SENDS_MAIL", *MAIL_SETTINGS, EMAIL_URL=url) == [True, *expected]


def test_without_a_mail_server_nothing_is_sent():
    assert settings_of("SENDS_MAIL", "DEFAULT_FROM_EMAIL") == [False, "archsite@127.0.0.1"]


@pytest.mark.parametrize(
    "url",
    [
        "relay.example",
        "http://u:geheim@x.example",
        "smtp://u:geheim@",
        "smtp://u:geheim@x.example:geheim",
        "smtp://u:geheim@x.example:587",
        "smtp://u:geheim@x.example/box",
        "smtp://u:geheim@x.example/?tls=yes",
        "smtp://u:geheim@x.example/?ssl",
        "smtps://u:geheim@x.example/?tls=starttls",
    ],
)
def test_a_wrong_mail_server_is_refused_without_its_password(url: str):
    message = refusal_of(EMAIL_URL=url)

    assert message.startswith("EMAIL_URL")
    assert "smtps://user:password@host" in message
    assert "geheim" not in message


@pytest.mark.parametrize("sender", ["desk", "a@x.example, b@x.example", "a@x.example\nBcc: all@x.example", "A <a@x"])
def test_a_wrong_sender_is_refused(sender: str):
    assert refusal_of(EMAIL_FROM=sender).startswith("EMAIL_FROM")


def test_a_sender_may_have_a_name():
    assert settings_of("DEFAULT_FROM_EMAIL", EMAIL_FROM="Desk <desk@x.example>") == ["Desk <desk@x.example>"]


@pytest.mark.parametrize("contact", ["mailto:security@x.example", "https://x.example/report?to=us"])
def test_a_contact_for_security_is_an_address_to_follow(contact: str):
    assert settings_of("SECURITY_CONTACT", SECURITY_CONTACT=contact) == [contact]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECURITY_CONTACT", "security@x.example"),
        ("SECURITY_CONTACT", "mailto:security@x.example\nExpires: 2099-01-01T00:00:00Z"),
        ("SECURITY_CONTACT", "http://x.example/report"),
        ("SECURITY_POLICY", "mailto:security@x.example"),
        ("SECURITY_POLICY", "https://x.example/\nContact: mailto:eve@evil.example"),
    ],
)
def test_what_security_txt_cannot_name_is_refused(name: str, value: str):
    message = refusal_of(**{name: value})

    assert message.startswith(f"{name} is")
    assert "catalog.example" in message


MAKE_KEYS = """
import pathlib, sys
from archsite.environment import secret_key

folder = pathlib.Path(sys.argv[1])
print("ready", flush=True)
while not (folder / "go").exists():
    pass
print(*[secret_key(folder / str(number)) for number in range(100)])
"""


def race_for_keys(folder: Path, *, process_count: int) -> list[list[str]]:
    """Return what each process got for keys 0 to 99, which all processes asked for at the same time."""
    command = [sys.executable, "-c", MAKE_KEYS, str(folder)]
    racers = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(process_count)
    ]
    assert [racer.stdout.readline() for racer in racers if racer.stdout] == ["ready\n"] * process_count
    (folder / "go").touch()
    answers = [racer.communicate(timeout=60) for racer in racers]
    assert [racer.returncode for racer in racers] == [0] * process_count, answers
    return [keys.split() for keys, _ in answers]


def test_processes_that_race_for_the_secret_key_agree(tmp_path):
    first, *others = race_for_keys(tmp_path, process_count=8)

    assert first == [(tmp_path / str(number)).read_text() for number in range(100)]
    assert others == [first] * 7


def test_only_the_owner_reads_the_secret_key(tmp_path):
    path = tmp_path / "var" / "secret_key"

    secret_key(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret_key"]
    assert len(path.read_text()) > 50
