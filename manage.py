#!/usr/bin/env python
import os
import sys
from typing import NoReturn

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import DatabaseError

from archsite import start


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "archsite.settings")
    try:
        settings.INSTALLED_APPS  # noqa: B018 - whatever a command makes of wrong settings, this says what is wrong
        if sys.argv[1:2] == ["runserver"] and "RUN_MAIN" not in os.environ:  # else its own child, which starts anew
            start.check_site()
            if settings.DEBUG:
                print("Static files come from their sources, because DEBUG is on.")
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, start.CannotStart) as error:
        end(str(error))
    except DatabaseError as error:
        if "--traceback" in sys.argv:
            raise
        end(start.sentence_of(error))


def end(sentence: str) -> NoReturn:
    """With exit code 1; where monitoring asks, which reads standard output and takes 1 for a warning, with 3."""
    if sys.argv[1:2] == ["check_health"]:
        print(f"UNKNOWN: {sentence}")
        sys.exit(3)
    sys.exit(sentence)


if __name__ == "__main__":
    main()
