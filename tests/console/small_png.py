"""A picture in few colours: half a repository would be screenshots otherwise.

The browser that took it counts its colours and chooses 128 of them; letters and signs look the same.
"""

import base64
import zlib
from struct import pack

from playwright.async_api import Browser

COLOURS = 128
_CHOOSES = """
async ([png, most]) => {
  const image = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const seen = new Uint32Array(pen.getImageData(0, 0, image.width, image.height).data.buffer);
  const counts = new Map();
  for (const each of seen) counts.set(each, (counts.get(each) ?? 0) + 1);
  const apart = (a, b) => {
    const r = (a & 255) - (b & 255), g = (a >> 8 & 255) - (b >> 8 & 255), u = (a >> 16 & 255) - (b >> 16 & 255);
    return 2 * r * r + 4 * g * g + 3 * u * u;
  };
  // The commonest first, then always the one that is furthest from any chosen, for how often it is there.
  const colours = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 6000);
  const near = colours.map(() => Infinity), chosen = [];
  for (let next = 0; next >= 0 && chosen.length < most;) {
    chosen.push(colours[next][0]);
    let worst = 0;
    next = -1;
    for (let i = 0; i < colours.length; i++) {
      near[i] = Math.min(near[i], apart(colours[i][0], chosen.at(-1)));
      const weight = near[i] * Math.sqrt(colours[i][1]);
      if (weight > worst) [worst, next] = [weight, i];
    }
  }
  const index = new Map();
  for (const each of counts.keys()) {
    let best = 0;
    for (let i = 1; i < chosen.length; i++) if (apart(each, chosen[i]) < apart(each, chosen[best])) best = i;
    index.set(each, best);
  }
  const rows = new Uint8Array((image.width + 1) * image.height);
  for (let y = 0, from = 0; y < image.height; y++) {
    const to = y * (image.width + 1) + 1;
    for (let x = 0; x < image.width; x++) rows[to + x] = index.get(seen[from++]);
  }
  const written = await new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.readAsDataURL(new Blob([rows]));
  });
  return [image.width, image.height, chosen, written.split(",")[1]];
}
"""


async def in_few_colours(browser: Browser, png: bytes) -> bytes:
    """The same picture as a PNG with a palette."""
    page = await browser.new_page()
    width, height, colours, rows = await page.evaluate(_CHOOSES, [base64.b64encode(png).decode(), COLOURS])
    await page.close()
    palette = b"".join(bytes((each & 255, each >> 8 & 255, each >> 16 & 255)) for each in colours)
    data = zlib.compress(base64.b64decode(rows), 9)
    head = pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"PLTE", palette), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(kind + content))
