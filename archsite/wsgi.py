import logging
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from archsite.admission import Admission
from archsite.entrance import Entrance
from archsite.environment import limit_waiting
from archsite.limits import Limits
from archsite.published import CatalogState, PublishedPages

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "archsite.settings")

logging.captureWarnings(True)  # warnings are lines of the log as well

limit_waiting(settings.DATABASES["default"])
django = get_wsgi_application()

from patterns.views.pages import normal_query  # noqa: E402 - needs the models, which are there only now

pages = PublishedPages(Limits(Admission(django)), state=CatalogState(), normal_query=normal_query)
application = Entrance(pages)
