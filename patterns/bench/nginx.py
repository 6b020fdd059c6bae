"""An nginx of one's own: on a free port of loopback, with everything that it writes in a scratch folder."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from patterns.bench.site import Server, free_port

# Debian keeps it where only administrators look.
PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
CONFIGURATION = Path("docs") / "deploy" / "nginx.conf"
# Started by root it would serve as somebody who may not read a scratch folder.
MAIN = """
{user}
worker_processes 1;
daemon off;
pid nginx.pid;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
    types {{ text/html html; }}
    access_log off;
    keepalive_requests 1000000;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    {http}
}}
"""


@contextmanager
def nginx(folder: Path, http: str) -> Iterator[Server]:
    """``http`` is what stands in the block of that name; PORT in it is the free port, FOLDER the folder.

    Raises:
        TimeoutError: with what it says, if it does not start.
    """
    assert PROGRAM is not None, "it is asked first whether there is one"
    port = free_port()
    home, log = folder / f"nginx-{port}", folder / f"nginx-{port}.log"
    home.mkdir()
    text = MAIN.format(
        user="" if os.geteuid() else "user root;", http=http.replace("PORT", str(port)).replace("FOLDER", str(folder))
    )
    (home / "nginx.conf").write_text(text, encoding="utf-8")
    command = [PROGRAM, "-p", str(home), "-c", "nginx.conf", "-e", "stderr"]
    with log.open("ab") as file:
        server = Server(port, subprocess.Popen(command, stdout=file, stderr=file), log)
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.stop()


def configuration(ports: list[int], *, cache: Path | None = None) -> str:
    """docs/deploy/nginx.conf for servers on loopback, and with a folder for its cache or without one."""
    text = (settings.BASE_DIR / CONFIGURATION).read_text(encoding="utf-8")
    for number, port in enumerate(ports, start=1):
        text = text.replace(f"10.0.0.{number}:8000", f"127.0.0.1:{port}")
    text = text.replace("listen 80;", "listen 127.0.0.1:PORT;")
    if cache is None:
        return text.replace("proxy_cache pages;", "proxy_cache off;").replace("/var/cache/nginx", "FOLDER")
    return text.replace("/var/cache/nginx", str(cache))
