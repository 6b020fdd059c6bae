"""What every answer tells browsers not to do with it, whoever makes the answer.

On pages Django's middleware sets most of these. What is answered in front of it (a request that cannot be read, a site
that is too busy, a method that nobody knows) is plain text, and takes all of them from here.
"""

from typing import Final

from django.conf import settings

OF_OURS: Final = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NOTHING_IS_LOADED: Final = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
GUARDS: Final = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    *OF_OURS,
    "Strict-Transport-Security",
)


def guards(*, is_secure: bool) -> dict[str, str]:
    """The headers of an answer that is text and loads nothing; ``is_secure`` is whether it goes over HTTPS."""
    named = {
        "Content-Security-Policy": NOTHING_IS_LOADED,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        **OF_OURS,
    }
    if is_secure and settings.SECURE_HSTS_SECONDS:
        subdomains = "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
        preload = "; preload" if settings.SECURE_HSTS_PRELOAD else ""
        named["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}{subdomains}{preload}"
    return named


def in_front() -> dict[str, str]:
    """Those of answers that know no request: over plain HTTP browsers pass over what is said of HTTPS (RFC 6797)."""
    return guards(is_secure=True)
