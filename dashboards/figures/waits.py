"""Waits as a histogram in one whole number: 32 bits a bin, so that adding histograms is adding numbers; pure.

A percentile is the upper edge of the bin in which the wait of that rank lies: so many really waited no longer, and at
most one bin less. A bin is 15 s wide up to 10 minutes, 30 s up to an hour, 60 s up to 4 hours, 5 minutes up to 12.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from itertools import accumulate

import msgspec

BITS = 32
_BYTES = BITS // 8
_PAIRED = 3  # a pair takes 2 to 10 bytes, mostly three, and some time each; a bin as many as the largest needs
_WIDTHS = frozenset({b"1", b"2", b"3", b"4"})
_pairs = msgspec.msgpack.Decoder(list[int]).decode
_SECOND = 1_000_000

_STRETCHES = ((600, 15), (3_600, 30), (14_400, 60), (43_200, 300))
"""Up to so many seconds, bins of so many."""
EDGES: tuple[int, ...] = (
    0,
    *(
        edge
        for (begin, _), (end, width) in zip(((0, 0), *_STRETCHES), _STRETCHES, strict=False)
        for edge in range(begin + width, end + 1, width)
    ),
    86_400,
)
"""Upper edge of each bin, seconds; a wait on an edge belongs to the bin that ends there. The last: all longer ones."""
_BASES = tuple(EDGES.index(begin) for begin in (0, *(end for end, _ in _STRETCHES)))


def bin_of(wait_us: int) -> int:
    """The bin of a wait, microseconds."""
    begin = 0
    for base, (end, width) in zip(_BASES, _STRETCHES, strict=False):
        if wait_us <= end * _SECOND:
            return base + max(0, -(-(wait_us - begin * _SECOND) // (width * _SECOND)))
        begin = end
    return len(EDGES) - 1


def one(wait_us: int) -> int:
    """The histogram of a single wait."""
    return 1 << (BITS * bin_of(wait_us))


def bins(histogram: int) -> array[int]:
    """How many there are in each bin, up to the last one that is not empty."""
    content = histogram.to_bytes(-(-histogram.bit_length() // BITS) * _BYTES, "little")
    return _array(content)


def rank_edge_s(histogram: int, rank: int) -> int:
    """Upper edge of the bin that holds the wait of a rank, the shortest being 1; seconds.

    Raises:
        IndexError: there are not so many waits.
    """
    return EDGES[: len(many := bins(histogram))][bisect_left(list(accumulate(many)), rank)]


def up_to(histogram: int, edge_s: int) -> int:
    """How many waits are at most ``edge_s`` long, which is an edge."""
    return sum(bins(histogram)[: EDGES.index(edge_s) + 1])


def packed(histogram: int) -> bytes:
    """As bytes for a table: pairs of bin and count where they are few, else the lowest byte of all bins, the next …"""
    content = histogram.to_bytes(-(-histogram.bit_length() // BITS) * _BYTES, "little")
    many = _array(content)
    used = len(many) - many.count(0)
    width = -(-max(many, default=0).bit_length() // 8)
    if used * _PAIRED < len(many) * width or not used:
        return b"p" + msgspec.msgpack.encode([one for pair in enumerate(many) if pair[1] for one in pair])
    return b"%d" % width + b"".join(content[place::_BYTES] for place in range(width))


def unpacked(content: bytes) -> int:
    """The histogram again; planes of bytes are put together without a step for each bin."""
    kind = content[:1]
    if kind in _WIDTHS:
        width = int(kind)
        size = (len(content) - 1) // width
        whole = bytearray(size * _BYTES)
        for place in range(width):
            whole[place::_BYTES] = content[1 + place * size : 1 + (place + 1) * size]
        return int.from_bytes(whole, "little")
    flat = _pairs(content[1:])
    if not flat:
        return 0
    many = _array(bytes((flat[-2] + 1) * _BYTES))
    for number, count in zip(flat[::2], flat[1::2], strict=True):
        many[number] = count
    if sys.byteorder == "big":
        many.byteswap()
    return int.from_bytes(many.tobytes(), "little")


def _array(content: bytes) -> array[int]:
    """32-bit numbers, the lowest byte first."""
    found = array("I", content)
    if sys.byteorder == "big":
        found.byteswap()
    return found
