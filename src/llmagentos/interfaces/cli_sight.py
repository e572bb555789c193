"""Commands with eyes: a picture is shown to the running node."""

import base64
from pathlib import Path
from typing import Annotated

import typer

from llmagentos.app.local_socket import call
from llmagentos.interfaces.terminal import DataOption, answered, fail, folder, out, show_judged
from llmagentos.perception.extras import MissingSense, NoPicture

MOST_BYTES = 700_000
"""Of what is sent; a larger picture is made smaller."""


def see(
    file: Path,
    name: Annotated[str | None, typer.Option(help="Of the camera that took it, for what is said of it.")] = None,
    area: Annotated[str | None, typer.Option(help="The room that it shows.")] = None,
    data: DataOption = None,
) -> None:
    """Show a picture to the running node: what it sees there, and what it makes of it."""
    try:
        picture = _shrunk(file.read_bytes())
    except OSError as error:
        raise fail(f"{file} cannot be read: {error.strerror}") from error
    request = {"op": "see", "picture": base64.b64encode(picture).decode(), "name": name, "area": area}
    seen = answered(call(folder(data), request))
    out.print(seen["told"], markup=False, highlight=False)
    if seen["gauge"] is not None:
        gauge = seen["gauge"]
        out.print(f"gauge: {gauge['value']:.3g} {gauge['unit']} of {gauge['most']:g} ({gauge['sure']:.0%} sure)", highlight=False)  # fmt: skip
    if seen["judged"] is not None:
        show_judged(seen["judged"])
    if seen["trouble"]:
        out.print(seen["trouble"], style="red", markup=False, highlight=False)


def _shrunk(data: bytes) -> bytes:
    """Small enough for a message. What cannot be read is for the node to say."""
    if len(data) <= MOST_BYTES:
        return data
    from llmagentos.perception.sight.picture import read_picture, vision

    try:
        cv2 = vision()
        picture = read_picture(data)
    except (NoPicture, MissingSense):
        return data[:1024]
    return bytes(cv2.imencode(".jpg", picture[:, :, ::-1], (cv2.IMWRITE_JPEG_QUALITY, 85))[1])
