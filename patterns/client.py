"""Whose address a request counts as, for whoever limits how often somebody may try.

Of what proxies say only X-Forwarded-For is read, and only with TRUST_PROXY. ``Forwarded`` (RFC 7239) never is: the
usual proxies pass it on as the client wrote it.
"""

import re
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

LOCAL = "127.0.0.1"  # whoever comes through a Unix socket is on this machine, and has no other address
# Some proxies add the port (Azure's); "[2001:db8::1]:4001" may stand in quotes.
WITH_PORT = re.compile(r'"?(?:\[([^]"]*)\]|([^:"]*))(?::[0-9]{1,5})?"?')
HOME = 64  # bits of an IPv6 address that a household is given; the rest it chooses itself


def client_address(request: HttpRequest) -> str:
    return sender_address(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""))


def sender_address(peer: str, forwarded: str) -> str:
    """The client's address in its one spelling.

    Of X-Forwarded-For the last TRUST_PROXY addresses are the proxies', and the first of these is that of the client;
    whatever stands before it the client may have made up. Where that is no address, the peer's counts.
    """
    count = int(settings.TRUST_PROXY)
    said = forwarded.split(",")[-count:] if count else []
    return (len(said) == count > 0 and spelled(said[0])) or spelled(peer) or LOCAL


@lru_cache(maxsize=1024)
def spelled(text: str) -> str:
    """An address, with or without a port, in its one spelling; empty if it is none."""
    text = text.strip()
    host = (match[1] or match[2] or "") if (match := WITH_PORT.fullmatch(text)) else text
    try:
        address = ip_address(host.partition("%")[0])  # what follows "%" names an interface of the sender's own
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


def networks_of(address: str) -> tuple[str, str, str]:
    """The networks around a sender, widest first, and the sender's home: what a provider, a site and one have."""
    if not address:
        return "", "", ""
    network = ip_network(address)
    prefixes = (32, 48, HOME) if isinstance(network[0], IPv6Address) else (16, 24, 32)
    wide, narrow, home = (str(network.supernet(new_prefix=prefix)) for prefix in prefixes)
    return wide, narrow, home
