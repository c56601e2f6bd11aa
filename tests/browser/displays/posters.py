"""Pictures and films for playlists, made where they are needed."""

from __future__ import annotations

import base64
import io

from PIL import Image, ImageDraw
from playwright.sync_api import Page

FILM = """async () => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [320, 180];
  const paper = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: "video/webm;codecs=vp8" });
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const ended = new Promise((resolve) => { recorder.onstop = resolve; });
  recorder.start();
  for (let step = 0; step < 30; step += 1) {
    paper.fillStyle = `hsl(${step * 12} 80% 50%)`;
    paper.fillRect(0, 0, 320, 180);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  recorder.stop();
  await ended;
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(""));
}"""
"""A film that the browser itself records: no encoder is needed to test with."""


def poster(colour: str, size: tuple[int, int] = (1280, 720)) -> bytes:
    """A picture."""
    out = io.BytesIO()
    picture = Image.new("RGB", size, colour)
    ImageDraw.Draw(picture).ellipse((100, 100, 400, 400), fill="white")
    picture.save(out, "JPEG")
    return out.getvalue()


def film(page: Page) -> bytes:
    """A WebM of a second and a half."""
    return base64.b64decode(page.evaluate(FILM))
