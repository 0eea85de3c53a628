"""Draws a link as a QR code that a phone reads from paper. It must not know whose link it is."""

import base64
import io

QUIET_ZONE = 2
"""Light modules around the code; the white of the card adds more than the two that are missing (ISO/IEC 18004)."""


def drawing_of(link: str) -> str:
    """Return the code as the address of a drawing (SVG inside the address): one path, nothing to fetch."""
    import segno  # only who prints cards reads it

    drawn = io.BytesIO()
    segno.make(link, error="m", micro=False).save(drawn, kind="svg", border=QUIET_ZONE, xmldecl=False, svgns=True)
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()
