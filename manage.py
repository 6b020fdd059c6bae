#!/usr/bin/env python
import os
import sys

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
        sys.exit(str(error))
    except DatabaseError as error:
        if "--traceback" in sys.argv:
            raise
        sys.exit(start.sentence_of(error))


if __name__ == "__main__":
    main()
