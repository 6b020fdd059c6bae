"""How gunicorn serves the site. GUNICORN_CMD_ARGS changes any of it, for example --bind or --workers.

From the clone it is ``--config python:archsite.gunicorn``; from everywhere else the path of this file.
"""

import os
import resource
import sys
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from gunicorn import systemd

chdir = str(Path(__file__).resolve().parent.parent)
if chdir not in sys.path:
    sys.path.insert(0, chdir)

from archsite import environment, start  # noqa: E402 - they are found only now
from archsite import logging as log_lines  # noqa: E402

_memory = Path("/dev/shm")  # nosec B108 - gunicorn makes a file there that has no name

# While one thread computes a run of the lab, the others get the interpreter back after half a millisecond, not after
# five: a page gives it up at each query. ``manage.py bench lab`` measures what that is worth.
sys.setswitchinterval(0.0005)

# A connection is an open file, and so is a body or an answer that is too large for memory.
_files, _most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
if _files < 4_096:
    _files = 4_096 if _most_files < 0 else min(4_096, _most_files)
    resource.setrlimit(resource.RLIMIT_NOFILE, (_files, _most_files))

try:
    _port = environment.port_number(os.environ.get("PORT") or "8000")
    _level = environment.log_level((os.environ.get("LOG_LEVEL") or "INFO").upper())
except ImproperlyConfigured as error:
    sys.exit(str(error))

bind = f"127.0.0.1:{_port}"
wsgi_app = "archsite.wsgi:application"
workers = 2
worker_class = "archsite.worker.Worker"
threads = 8  # of readers; editors and those who sign in have threads of their own
worker_connections = min(1_000, _files // 4)
timeout = 30
graceful_timeout = 30
keepalive = 5
# A heartbeat file on a slow disk can stall a worker until it is taken for dead.
worker_tmp_dir = str(_memory) if _memory.is_dir() else None
# Which proxy to believe is said once, by TRUST_PROXY.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}  # gunicorn believes whoever comes through a Unix socket
forwarder_headers = ""
control_socket_disable = True
accesslog = "-"
access_log_format = "%(m)s %(U)s %(s)s"
logconfig_dict = log_lines.logging_config(_level)


def on_starting(server: Any) -> None:
    """Whoever cannot serve says why and ends, before it has an address; an old gunicorn beside it goes on.

    What is loaded here is what all workers run, those of tomorrow too, whatever the files say by then.
    """
    with ExitStack() as ending:
        if server.pidfile is not None:
            ending.callback(server.pidfile.unlink)
        try:
            # After USR2, and from systemd's sockets, there are addresses already.
            if not (server.master_pid or "LISTEN_FDS" in os.environ or server.cfg.reuse_port):
                for address in server.cfg.address:
                    start.check_address(address)
            if server.app.app_uri.startswith("archsite."):
                start.check_site()
        except (ImproperlyConfigured, start.CannotStart) as error:
            sys.exit(str(error))
        except Exception as error:
            server.log.exception("This release cannot be loaded")
            sys.exit(f"This release cannot be loaded: {type(error).__name__}: {error}. The line before says where.")
        ending.pop_all()
    from django.conf import settings  # there only now

    if settings.SECURE_SSL_REDIRECT and not settings.TRUST_PROXY and not server.cfg.certfile:
        server.log.warning("SITE_URL is HTTPS and TRUST_PROXY is 0: behind a proxy all is redirected without end.")


def on_exit(server: Any) -> None:
    """In a rolling restart systemd is told whom to watch now; else it would take the new gunicorn for a leftover."""
    if server.reexec_pid:
        systemd.sd_notify(f"MAINPID={server.reexec_pid}", server.log)


def post_worker_init(worker: Any) -> None:
    """Each process sends mail beside what it serves; of two that send at once, each takes other messages."""
    from django.conf import settings  # there only now

    if settings.SENDS_MAIL:
        from django.urls import set_script_prefix

        from patterns.workflow.outbox import keep_sending

        def send_mail() -> None:
            set_script_prefix(f"{settings.SITE_PATH}/")  # each thread has its own, and links are made here
            keep_sending()

        Thread(target=send_mail, name="mail", daemon=True).start()
