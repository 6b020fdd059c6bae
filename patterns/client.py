"""Whose address a request counts as, for whoever limits how often somebody may try."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

HOME = 64  # bits of an IPv6 address that a household is given; the rest it chooses itself


def client_address(request: HttpRequest) -> str:
    return sender_address(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""))


def sender_address(peer: str, forwarded: str) -> str:
    """The client's address in its one spelling; empty if there is none, as behind a Unix socket.

    With TRUST_PROXY the last address of X-Forwarded-For counts: the proxy in front wrote it, and whatever stands
    before it the client may have made up.
    """
    return (settings.TRUST_PROXY and spelled(forwarded.rpartition(",")[2])) or spelled(peer)


def spelled(text: str) -> str:
    try:
        address = ip_address(text.strip().partition("%")[0])  # what follows "%" names an interface of the sender's own
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def home_of(address: str) -> str:
    """What one sender cannot easily change: an IPv4 address, or the network of an IPv6 address."""
    if not address:
        return ""
    network = ip_network(address)
    return str(network.supernet(new_prefix=HOME) if isinstance(network[0], IPv6Address) else network)
