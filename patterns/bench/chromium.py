"""The Chromium that is installed, which Playwright is told of: its own downloads do not work everywhere."""

import os
import shutil
from importlib.util import find_spec

# The same engine comes without the window that nobody looks at, and needs a third of the time for each tab.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PROGRAM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
IS_DRIVEN = PROGRAM is not None and find_spec("playwright") is not None  # a requirement of development only
ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]
