"""Hosts: which are this machine, which are inside a network of one's own. Nothing is looked up."""

from __future__ import annotations

import ipaddress


def is_loopback(host: str) -> bool:
    address = numeric(host)
    if address is None:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback


def is_private(host: str) -> bool:
    """Loopback, link-local, private: not of the whole world. Names are looked at, not up."""
    address = numeric(host)
    if address is None:
        return is_loopback(host)
    return not address.is_global


def numeric(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def hostname(place: str) -> str:
    """The host of `host:port`, of `[::1]:5000`, of `host`."""
    if place.startswith("["):
        return place[1:].partition("]")[0]
    return place.partition(":")[0]
