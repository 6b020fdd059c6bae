"""Backups and restores of PostgreSQL: its own programs, and databases beside the present one."""

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, LiteralString

import psycopg
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo
from psycopg.sql import SQL, Composable, Identifier, Literal

from patterns.models import Catalog, Pattern, Revision
from patterns.operations.contents import Contents, Refusal, connected_to, contents

SUFFIX: Final = ".dump"
SIGNATURE: Final = b"PGDMP"
# Debian keeps the programs beside each other by version, and its pg_dump on the path asks for the one of a cluster.
DEBIAN: Final = Path("/usr/lib/postgresql")
LONGEST_NAME: Final = 63  # bytes; what follows the name of a database is cut off silently
COUNTED: Final[dict[str, type[Model]]] = {"entries": Pattern, "revisions": Revision, "users": User}
MAY_CREATE: Final = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"


# Where the database is. What is secret goes to programs by their environment: everybody reads arguments.


def parameters() -> dict[str, str]:
    """What the address of the database says, by libpq's own words."""
    known = {one.keyword.decode() for one in Conninfo.get_defaults()}
    given: dict[str, Any] = connection.get_connection_params()
    return {key: str(value) for key, value in given.items() if key in known and value is not None}


def address(name: str) -> str:
    """Of a database of the same server."""
    secret = {"password", "sslpassword"}
    return make_conninfo(**{key: value for key, value in parameters().items() if key not in secret} | {"dbname": name})


def run(program: str, *arguments: str) -> str:
    """What the program says; raises Refusal with the end of what it complains of."""
    secret = {"PGPASSWORD": password} if (password := parameters().get("password")) else {}
    done = subprocess.run(
        [newest(program), *arguments], env={**os.environ, **secret}, capture_output=True, text=True, errors="replace"
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()] or [f"it ended with {done.returncode}"]
        errors = [line for line in said if "error:" in line] or said
        raise Refusal(f"{program} failed: {errors[0]}")
    return done.stdout


def newest(program: str) -> str:
    """Where the newest installed one is; raises Refusal."""
    if not (path := find_program(program)):
        raise Refusal(f"{program} is not installed (Debian: apt-get install postgresql-client)")
    return path


def find_program(name: str) -> str | None:
    found = sorted(DEBIAN.glob(f"*/bin/{name}"), key=lambda path: float(path.parent.parent.name))
    return str(found[-1]) if found else shutil.which(name)


def require_version(program: str, server: int) -> None:
    """Raises Refusal if a program is older than the server, whose major version is given: it could not read it."""
    said = run(program, "--version")
    version = re.search(r"(\d+)[.\d]*", said)
    if version is None or int(version[1]) < server:
        raise Refusal(
            f"PostgreSQL is of version {server}, and the newest {program} here is {said.strip()!r}: "
            f"install postgresql-client-{server}"
        )


@contextmanager
def server() -> Iterator["psycopg.Connection[Any]"]:
    """A connection beside the database, from where databases are made, renamed and dropped."""
    with psycopg.connect(address("postgres"), password=parameters().get("password"), autocommit=True) as found:
        yield found


# Backup


def copy(path: Path) -> None:
    """Dump the connected database, as the transaction sees it that is open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version_num')::int / 10000")
        snapshot, version = cursor.fetchone()
    require_version("pg_dump", version)
    plain = ("--format=custom", "--no-owner", "--no-privileges")  # another machine has other roles
    name = parameters()["dbname"]
    run("pg_dump", *plain, f"--snapshot={snapshot}", f"--file={path}", f"--dbname={address(name)}")


def read_back(path: Path) -> Contents:
    """What a dump holds. It is restored on trial if the role may make databases; else it is read to its end."""
    with server() as beside:
        (may_create,) = one_row(beside, MAY_CREATE)
        if not may_create:
            return counted(path)
        with restored(path, beside, "trial") as name, connected_to(name):
            return contents()


def counted(path: Path) -> Contents:
    """What can be said of a dump without a database: the rows of its tables, and the one of the catalogue."""
    counts, catalog = Counter[str](), dict[str, str]()
    for table, columns, line in rows_in(path):
        counts[table] += 1
        if table == Catalog._meta.db_table:
            catalog = dict(zip(columns, line.split("\t"), strict=True))
    if not catalog:
        raise Refusal(f"{path.name} holds no catalogue")
    found = {key: counts[model._meta.db_table] for key, model in COUNTED.items()}
    return Contents(catalog=catalog["id"], change=int(catalog["version"]), digest="", **found)


def rows_in(path: Path) -> Iterator[tuple[str, list[str], str]]:
    """Table, columns and the text of each row of a dump; raises Refusal if it cannot be read to its end."""
    command = [newest("pg_restore"), "--data-only", "--file=-", str(path)]
    streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    table, columns = "", list[str]()
    with subprocess.Popen(command, text=True, encoding="utf-8", **streams) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if table and line == "\\.\n":
                table = ""
            elif table:
                yield table, columns, line.removesuffix("\n")
            elif begun := re.match(r"COPY public\.(\w+) \((.*)\) FROM stdin;", line):
                table, columns = begun[1], begun[2].split(", ")
    if process.returncode:
        raise Refusal(f"{path.name} is damaged: pg_restore does not read it to its end")


# Restore


@contextmanager
def replacement(file: Path, *, aside: str) -> Iterator[str]:
    """Connected to a database made of the dump, which takes the name of the present one at the end, unless something
    is raised.

    Yields the name under which the present one is kept then, if there is one. Raises Refusal while anybody is
    connected.
    """
    name = parameters()["dbname"]
    connection.close()
    with server() as beside:
        refuse_if_connected(beside, name)
        (may_create,) = one_row(beside, MAY_CREATE)
        if not may_create:
            raise Refusal("The role of DATABASE_URL may not make a database beside the present one; give it CREATEDB")
        kept = beside_name(name, aside.lower().replace("-", "_")) if exists(beside, name) else ""
        with restored(file, beside, "restoring") as draft:
            with connected_to(draft):
                yield kept
            refuse_if_connected(beside, name)
            rename = SQL("ALTER DATABASE {} RENAME TO {}")
            with beside.transaction():  # both names in one step
                if kept:
                    beside.execute(rename.format(Identifier(name), Identifier(kept)))
                beside.execute(rename.format(Identifier(draft), Identifier(name)))


@contextmanager
def restored(file: Path, beside: "psycopg.Connection[Any]", purpose: str) -> Iterator[str]:
    """A database made of a dump, which is gone afterwards unless it has got another name."""
    present = parameters()["dbname"]
    name = beside_name(present, f"archsite_{purpose}")
    drop = SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name))
    # Of two who want this name one waits until the connection of the other ends.
    beside.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
    beside.execute(drop)  # one that was left by whoever was killed
    beside.execute(SQL("CREATE DATABASE {} TEMPLATE template0 {}").format(Identifier(name), like(beside, present)))
    try:
        plain = ("--no-owner", "--no-privileges", "--single-transaction")
        run("pg_restore", *plain, f"--dbname={address(name)}", str(file))
        yield name
    finally:
        beside.execute(drop)


def like(beside: "psycopg.Connection[Any]", name: str) -> Composable:
    """Encoding and locale of the present database, if there is one."""
    query = SQL("SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = {}")
    if (found := beside.execute(query.format(Literal(name))).fetchone()) is None:
        return SQL("ENCODING 'UTF8'")
    options = SQL("ENCODING {} LC_COLLATE {} LC_CTYPE {}")
    return options.format(*map(Literal, found))


def beside_name(name: str, suffix: str) -> str:
    return f"{name[: LONGEST_NAME - len(suffix) - 1]}_{suffix}"


def exists(beside: "psycopg.Connection[Any]", name: str) -> bool:
    return beside.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def refuse_if_connected(beside: "psycopg.Connection[Any]", name: str) -> None:
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
    (count,) = one_row(beside, others, name)
    if count:
        raise Refusal(
            f"Database {name} is in use, by {count} connection{'s' * (count > 1)}: "
            "stop every server of the site, and whatever else is connected, and try again"
        )


def one_row(beside: "psycopg.Connection[Any]", query: LiteralString, *values: str) -> tuple[Any, ...]:
    row = beside.execute(query, values).fetchone()
    assert row is not None
    return row
