from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from patterns.management.command import CatalogCommand
from patterns.workflow.outbox import send_due


class Command(CatalogCommand):
    help = "Send what waits in the outbox. gunicorn does so by itself; this is for a timer, or to see what is wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SENDS_MAIL:
            raise CommandError("EMAIL_URL is not set, so nothing is sent; docs/deploy.md says how to set it")
        sent = failed = 0
        while True:
            done = send_due(timezone.now())
            sent, failed = sent + done.sent, failed + done.failed
            if done.is_all or done.trouble:
                break
        self.stdout.write(f"Sent: {sent}." if sent else "Nothing was sent.")
        if done.trouble:
            raise CommandError(f"The mail server took nothing, and is tried again later: {done.trouble}")
        if failed:
            raise CommandError(f"Not sent: {failed}. The list of mail in the admin says why.")
