"""Where people leave reviews, and what in a text leads there."""

import re
from collections.abc import Iterator
from typing import Final

SITES: Final = (
    # ── places and maps ──
    "g.page",
    "maps.app.goo.gl",
    "goo.gl/maps",
    "google.*/maps",
    "maps.google.*",
    "search.google.*/local/writereview",
    "g.co/kgs",
    "maps.apple.com",
    "yelp.*",
    "foursquare.com",
    "facebook.com/*/reviews",
    # ── shops and services ──
    "trustpilot.*",
    "reviews.io",
    "reviews.co.uk",
    "feefo.com",
    "sitejabber.com",
    "trustedshops.*",
    "ekomi.*",
    "provenexpert.com",
    "productreview.com.au",
    "bbb.org",
    "angi.com",
    "houzz.*",
    "amazon.*/review",
    # ── travel, food, health, work ──
    "tripadvisor.*",
    "booking.com/reviews",
    "holidaycheck.*",
    "opentable.*",
    "zomato.com",
    "thefork.*",
    "healthgrades.com",
    "jameda.de",
    "glassdoor.*",
    "kununu.com",
    # ── software and apps ──
    "g2.com",
    "capterra.*",
    "getapp.*",
    "softwareadvice.*",
    "trustradius.com",
    "gartner.com/reviews",
    "producthunt.com",
    "apps.apple.com/*action=write-review",
    "itunes.apple.com/*action=write-review",
    "play.google.com/store/apps",
    "chromewebstore.google.com",
    "apps.microsoft.com",
)
"""The hosts that these sites give out links of, perhaps with the path of their reviews.

A subdomain is the same site. `.*` at a host's end is any country's ending; `*` in a
path is anything. Of Apple's stores only links that open the review are meant: the
others let people fetch an app.
"""

_ADDRESS: Final = re.compile(
    r"(?<![\w@.-])(?:https?://)?(?P<host>(?:[a-z0-9-]+\.)+[a-z]{2,})(?P<path>/[^\s<>\"']*)?",
    re.IGNORECASE | re.ASCII,
)
_CLOSING: Final = ".,;:!?)]}»”"


def _pattern(site: str) -> str:
    host, slash, path = site.partition("/")
    ending = r"(?:[a-z]{2,3}(?:\.[a-z]{2})?)"
    hosts = re.escape(host).replace(r"\.\*", rf"\.{ending}")
    parts = re.escape(slash + path).replace(r"\*", ".+")
    return rf"(?:[a-z0-9-]+\.)*{hosts}{parts}(?:[/?#].*)?"


_REVIEWS: Final = re.compile("|".join(map(_pattern, SITES)), re.ASCII)


def canonical(address: str) -> str:
    """Return one spelling for all ways to write the address of a page.

    >>> canonical("HTTPS://www.Yelp.com/biz/acme/")
    'yelp.com/biz/acme'
    """
    bare = re.sub(r"^https?://", "", address.strip(), flags=re.IGNORECASE)
    host, slash, path = bare.rstrip(_CLOSING).partition("/")
    return f"{host.lower().removeprefix('www.')}{slash}{path}".rstrip("/")


def review_links(words: str) -> Iterator[tuple[str, int]]:
    """Yield each address in a text that leads to a review site, and where it begins.

    >>> list(review_links("Tell others: https://www.yelp.es/biz/acme."))
    [('yelp.es/biz/acme', 13)]
    >>> list(review_links("Write to us: ana@yelp.com, or see acme.com/maps"))
    []
    """
    for found in _ADDRESS.finditer(words):
        address = canonical(found[0])
        host, slash, path = address.partition("/")
        if _REVIEWS.fullmatch(f"{host}{slash}{path.lower()}"):
            yield address, found.start()
