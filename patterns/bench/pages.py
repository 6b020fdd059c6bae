"""What a published page costs: from the store, cold, and beside its peers on the same gunicorn."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from gzip import decompress
from pathlib import Path

from django.conf import settings

from patterns.bench.costs import Connection, CostFigures, Subject, costs_of, request
from patterns.bench.nginx import PROGRAM as NGINX
from patterns.bench.nginx import configuration, nginx
from patterns.bench.scratch import GIVEN, Scratch, generated, given, scratch
from patterns.bench.site import SITE, Server, Site, free_port, scratch_site, serving
from patterns.files.toml import write_toml

FORGETFUL = "patterns.bench.forgetful:application"
PEERS = "patterns.bench.peers:application"
SAGA = "saga-pattern"
TAKES_GZIP = {"Accept_Encoding": "gzip"}
STATIC = "WhiteNoise, as our site serves it"
FLOOR = "bare WSGI constant"
STATIC_FILES = "server {{ listen 127.0.0.1:PORT; root {root}; gzip_static on; location = /healthz {{ return 200; }} }}"


@dataclass(frozen=True)
class Bench:
    """The site, the same one without a memory, and the peers, on a database with so many entries."""

    folder: Path
    site: Site
    ours: Server
    forgetful: Server
    peers: Server

    @property
    def static(self) -> Subject:
        return Subject(STATIC, self.peers, request("/static/page.html", **TAKES_GZIP))

    @property
    def floor(self) -> Subject:
        return Subject(FLOOR, self.peers, request("/constant", **TAKES_GZIP))


@contextmanager
def bench_of(count: int) -> Iterator[Bench]:
    """The entries that come with the site, and as many generated ones as are missing."""
    with ExitStack() as stack:
        files = stack.enter_context(scratch())
        bytes_to_serve = files.folder / "bytes"
        bytes_to_serve.mkdir()
        site = stack.enter_context(scratch_site(files.folder, BENCH_FOLDER=str(bytes_to_serve)))
        site.prepare(GIVEN, *generated_file(files, count))
        [ours, forgetful] = stack.enter_context(serving(site, SITE, FORGETFUL))
        with closing(Connection(ours.port)) as connection:
            _, data = connection.ask(request(f"/patterns/{SAGA}/", **TAKES_GZIP))
        body = data.partition(b"\r\n\r\n")[2]
        (bytes_to_serve / "page.html.gz").write_bytes(body)
        (bytes_to_serve / "page.html").write_bytes(decompress(body))
        [peers] = stack.enter_context(serving(site, PEERS))
        yield Bench(bytes_to_serve, site, ours, forgetful, peers)


def generated_file(files: Scratch, count: int) -> list[str]:
    """The file with what those that come with the site lack to so many entries."""
    there = len(given().entries)
    if count <= there:
        return []
    files.catalog.write_text(write_toml(generated(count - there, first=there + 1)), encoding="utf-8")
    return [str(files.catalog)]


def page_figures(*, entries: int, runs: int) -> CostFigures:
    with bench_of(entries) as bench, ExitStack() as stack:
        path = f"/patterns/{SAGA}/"
        with closing(Connection(bench.ours.port)) as connection:
            _, data = connection.ask(request(path, **TAKES_GZIP))
        etag = re.search(rb'\r\nETag: ("[^"]+")', data)
        assert etag is not None, "a published page has one"
        subjects = [
            bench.floor,
            bench.static,
            Subject("WhiteNoise alone", bench.peers, request("/alone/page.html", **TAKES_GZIP)),
            Subject("ours, warm", bench.ours, request(path, **TAKES_GZIP)),
            Subject("ours, 304", bench.ours, request(path, **TAKES_GZIP, If_None_Match=etag[1].decode()), 304),
            Subject("ours, HEAD", bench.ours, request(path, "HEAD", **TAKES_GZIP)),
            Subject("ours, cold", bench.forgetful, request(path, **TAKES_GZIP)),
            Subject("cache_page", bench.peers, request(f"/cached/{SAGA}/")),
            Subject("plain Django view", bench.peers, request(f"/entry/{SAGA}/")),
        ]
        notes = []
        if NGINX:
            server = stack.enter_context(nginx(bench.site.folder, STATIC_FILES.format(root=bench.folder)))
            subjects.append(Subject("nginx, static", server, request("/page.html", **TAKES_GZIP)))
            text = configuration([bench.ours.port, bench.ours.port], cache=bench.site.folder)
            server = stack.enter_context(nginx(bench.site.folder, text))
            subjects.append(Subject("nginx, docs/deploy/nginx.conf", server, request(path, **TAKES_GZIP)))
        else:
            notes.append("nginx is not installed, and was left out.")
        if (program := shutil.which("datasette")) and bench.site.file.exists():
            server = stack.enter_context(datasette(program, bench.site))
            subjects.append(Subject("Datasette, the same row", server, request("/site/patterns_pattern/1")))
        else:
            notes.append("Datasette is not installed, or the database is not SQLite; it was left out.")
        costs = costs_of(subjects, runs=runs)
        size = (bench.folder / "page.html.gz").stat().st_size
    title = f"The page of an entry ({size:,} bytes, gzip) among {entries:,}; medians of {runs} runs"
    return CostFigures(title, costs, unit=STATIC, floor=FLOOR, notes=notes)


@contextmanager
def datasette(program: str, site: Site) -> Iterator[Server]:
    port, log = free_port(), site.folder / "datasette.log"
    command = [program, "serve", str(site.file), "--port", str(port)]
    with log.open("ab") as file:
        server = Server(port, subprocess.Popen(command, cwd=settings.BASE_DIR, stdout=file, stderr=file), log, "/")
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.stop()
