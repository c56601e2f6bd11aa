"""Waits as a histogram in one whole number: 32 bits a bin, so that adding histograms is adding numbers; pure.

A percentile is the upper edge of the bin in which the wait of that rank lies: so many really waited no longer, and at
most one bin less. A bin is 15 s wide up to 10 minutes, 30 s up to an hour, 60 s up to 4 hours, 5 minutes up to 12.
"""

from __future__ import annotations

import msgspec

BITS = 32
_MASK = (1 << BITS) - 1
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


def counts(histogram: int) -> list[tuple[int, int]]:
    """Bin and how many, of the bins that are not empty."""
    found, number = [], 0
    while histogram:
        if many := histogram & _MASK:
            found.append((number, many))
        histogram >>= BITS
        number += 1
    return found


def rank_edge_s(histogram: int, rank: int) -> int:
    """Upper edge of the bin that holds the wait of a rank, the shortest being 1; seconds."""
    seen = 0
    for number, many in counts(histogram):
        seen += many
        if seen >= rank:
            return EDGES[number]
    raise ValueError(f"there is no wait of rank {rank}")


def up_to(histogram: int, edge_s: int) -> int:
    """How many waits are at most ``edge_s`` long, which is an edge."""
    last = EDGES.index(edge_s)
    return sum(many for number, many in counts(histogram) if number <= last)


def packed(histogram: int) -> bytes:
    """As bytes for a table: pairs of bin and count where they are few, else every bin."""
    pairs = counts(histogram)
    if len(pairs) * 12 < histogram.bit_length() // 8:
        return b"p" + msgspec.msgpack.encode([number for pair in pairs for number in pair])
    return b"d" + histogram.to_bytes((histogram.bit_length() + 7) // 8, "little")


def unpacked(content: bytes) -> int:
    """The histogram again."""
    if content[:1] == b"d":
        return int.from_bytes(content[1:], "little")
    flat = msgspec.msgpack.decode(content[1:], type=list[int])
    return sum(many << (BITS * number) for number, many in zip(flat[::2], flat[1::2], strict=True))
