"""The example of a façade: nginx takes it as it stands, and it routes one slice to the new system."""

import http.client
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from patterns.tests.examples.book import example

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
WHOLE = """
daemon off;
error_log stderr;
pid {folder}/nginx.pid;
events {{}}
http {{
access_log off;
client_body_temp_path {folder}/body;
proxy_temp_path {folder}/proxy;
fastcgi_temp_path {folder}/fastcgi;
uwsgi_temp_path {folder}/uwsgi;
scgi_temp_path {folder}/scgi;
{example}
}}
"""
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


@pytest.fixture
def text() -> str:
    return example("09", "A façade that has moved one slice")


def test_nginx_accepts_it_as_it_stands(text: str, tmp_path: Path):
    command = [NGINX, "-t", "-p", tmp_path, "-c", configuration(text, tmp_path)]

    tried = subprocess.run(command, capture_output=True, text=True, check=False)

    assert tried.returncode == 0, tried.stderr


def test_only_the_moved_slice_reaches_the_new_system(text: str, tmp_path: Path):
    with facade(text, tmp_path) as port:
        served = {path: get(port, path) for path in ("/invoices/4", "/orders/9", "/", "/invoices-old")}

    assert served == {
        "/invoices/4": (200, "new", "new got /invoices/4"),
        "/orders/9": (200, "legacy", "legacy got /orders/9"),
        "/": (200, "legacy", "legacy got /"),
        "/invoices-old": (200, "legacy", "legacy got /invoices-old"),
    }


def test_the_slice_without_its_last_slash_is_redirected_to_it(text: str, tmp_path: Path):
    with facade(text, tmp_path) as port:
        status, _, body = get(port, "/invoices")

    assert status == 301
    assert "got" not in body


def test_without_its_block_the_slice_is_legacy_again(text: str, tmp_path: Path):
    before, _, after = text.partition("    # Moved.")
    going_back = before + after[after.index("    # Everything") :]

    with facade(going_back, tmp_path) as port:
        assert get(port, "/invoices/4") == (200, "legacy", "legacy got /invoices/4")


@contextmanager
def facade(text: str, folder: Path) -> Iterator[int]:
    """Runs it with two tiny systems behind it, and yields its port; those of the example may be taken here."""
    with system("legacy") as legacy, system("new") as new:
        port = free_port()
        for stated, here in {"8080": port, "8081": legacy, "8082": new}.items():
            text = text.replace(f"127.0.0.1:{stated};", f"127.0.0.1:{here};")
        command = [NGINX, "-p", folder, "-c", configuration(text, folder)]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as nginx:
            try:
                wait_for(port)
                yield port
            finally:
                nginx.terminate()


@contextmanager
def system(name: str) -> Iterator[int]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f"{name} got {self.path}".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def configuration(text: str, folder: Path) -> Path:
    file = folder / "nginx.conf"
    file.write_text(WHOLE.format(folder=folder, example=text), encoding="utf-8")
    return file


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def wait_for(port: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(port)


def get(port: int, path: str) -> tuple[int, str | None, str]:
    """The status, which system says that it has served the request, and what came back."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.getheader("X-Served-By"), response.read().decode()
