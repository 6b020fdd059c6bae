import logging
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "archsite.settings")

logging.captureWarnings(True)  # warnings are lines of the log as well

application = get_wsgi_application()
