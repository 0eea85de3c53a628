"""Pages on the wire: what is the same for a whole group is compressed once, what is one person's own goes behind it.

Both formats allow it: a stream may be flushed to a whole byte, and may go on with a block that is not compressed. It
costs no time per page, and nothing of one person ever shares a compressed block with anything else.
"""

import gzip
import zlib
from dataclasses import dataclass
from typing import Final

import brotli
from werkzeug.datastructures import Accept

SMALL: Final = 500
"""Bytes below which compressing costs more than it saves."""
BROTLI_QUALITY: Final = 10
"""12 ms for a list, once per group; 11 takes 33 ms for two per cent less."""
LONGEST_END: Final = 0xFFFF
"""Bytes: the longest block that either format takes uncompressed."""


@dataclass(frozen=True)
class Body:
    """The bytes of a page and how they are encoded ("" for not at all)."""

    content: bytes
    encoding: str


@dataclass(frozen=True)
class Pressed:
    """The part of a page that a group has in common, ready in every encoding."""

    plain: bytes
    gzipped: bytes
    checksum: int
    brotlied: bytes

    @classmethod
    def of(cls, text: str) -> "Pressed":
        """Compress the common part, well and once."""
        plain = text.encode()
        zipping, brotling = zlib.compressobj(9, zlib.DEFLATED, 31), brotli.Compressor(quality=BROTLI_QUALITY)
        gzipped = zipping.compress(plain) + zipping.flush(zlib.Z_SYNC_FLUSH)
        brotlied = brotling.process(plain) + brotling.flush()
        return cls(plain, gzipped, zlib.crc32(plain), brotlied)

    def ending(self, end: str, accepted: Accept) -> Body:
        """Return the whole page with its own end (at most LONGEST_END bytes), in the best encoding accepted."""
        own = end.encode()
        match _best(accepted):
            case "br":
                return Body(self.brotlied + _brotli_end(own), "br")
            case "gzip":
                whole = len(self.plain) + len(own)
                return Body(self.gzipped + _gzip_end(own, zlib.crc32(own, self.checksum), whole), "gzip")
            case _:
                return Body(self.plain + own, "")


def pressed(text: str, accepted: Accept) -> Body:
    """Return a page that nobody else will get, compressed while it waits."""
    plain = text.encode()
    if len(plain) < SMALL or accepted["gzip"] <= 0:
        return Body(plain, "")
    return Body(gzip.compress(plain, 6, mtime=0), "gzip")


def _best(accepted: Accept) -> str:
    return next((encoding for encoding in ("br", "gzip") if accepted[encoding] > 0), "")


def _gzip_end(own: bytes, checksum: int, whole: int) -> bytes:
    """RFC 1951, 3.2.4: a last, stored block with its length and that turned over; RFC 1952: checksum and size."""
    length = len(own).to_bytes(2, "little")
    turned = bytes(byte ^ 0xFF for byte in length)
    return b"\x01" + length + turned + own + checksum.to_bytes(4, "little") + (whole % 2**32).to_bytes(4, "little")


def _brotli_end(own: bytes) -> bytes:
    """RFC 7932, 9.2: an uncompressed meta-block (length - 1 from bit 3, its mark at bit 19), then an empty last one."""
    block = ((len(own) - 1) << 3 | 1 << 19).to_bytes(3, "little") + own if own else b""
    return block + b"\x03"
