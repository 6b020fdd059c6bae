"""How gunicorn serves the site. GUNICORN_CMD_ARGS changes any of it, for example --bind or --workers."""

import os
import resource
import sys
from pathlib import Path
from threading import Thread
from typing import Any

from archsite import environment
from archsite import logging as log_lines

_memory = Path("/dev/shm")

# While one thread computes a run of the lab, the others get the interpreter back after half a millisecond, not after
# five: a page gives it up at each query. ``manage.py bench lab`` measures what that is worth.
sys.setswitchinterval(0.0005)

# A connection is an open file, and so is a body or an answer that is too large for memory.
_files, _most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
if _files < 4_096:
    _files = 4_096 if _most_files < 0 else min(4_096, _most_files)
    resource.setrlimit(resource.RLIMIT_NOFILE, (_files, _most_files))

bind = f"127.0.0.1:{os.environ.get('PORT') or 8000}"
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
control_socket_disable = True
accesslog = "-"
access_log_format = "%(m)s %(U)s %(s)s"
logconfig_dict = log_lines.logging_config(environment.log_level((os.environ.get("LOG_LEVEL") or "INFO").upper()))


def post_worker_init(worker: Any) -> None:
    """Each process sends mail beside what it serves; of two that send at once, each takes other messages."""
    from django.conf import settings  # there only now

    if settings.SENDS_MAIL:
        from patterns.workflow.outbox import keep_sending

        Thread(target=keep_sending, name="mail", daemon=True).start()
