"""Pictures to leaf through: drawn once, stored in the page, moved by a slider in any page that runs scripts, without a kernel.

Where scripts do not run (GitHub) the first picture stands alone, with its alternative text.
"""

import base64
import hashlib
import html
import io
import json

import matplotlib.pyplot as plt
from IPython.display import display
from PIL import Image

from helpers.page.finish import check_alt
from helpers.page.style import png

DPI = 75  # small frames: a dozen of them have to fit into about 140 KiB
COLOURS_KEPT = 32
PAGE = """<div id="{id}"><img alt="{alt}" width="{width}" style="max-width: 100%" src="{first}">
<p hidden><label>{label}: <input type="range" min="0" max="{last}" value="0" data-lm-suppress-shortcuts="true"
 style="width: 24em; max-width: 60%; vertical-align: middle"> <output>{caption}</output></label></p></div>
<script>
(() => {{
  const page = document.getElementById("{id}"), alt = {alt_json}, frames = {frames}, captions = {captions};
  const slider = page.querySelector("input"), picture = page.querySelector("img"), says = page.querySelector("output");
  const turn = () => {{
    picture.src = "data:image/png;base64," + frames[slider.value];
    picture.alt = alt + " Shown: " + captions[slider.value] + ".";
    slider.setAttribute("aria-valuetext", captions[slider.value]);
    says.textContent = captions[slider.value];
  }};
  slider.addEventListener("input", turn);
  slider.addEventListener("keydown", event => event.stopPropagation());
  page.querySelector("p").hidden = false;
}})();
</script>"""


def flipbook(draw, captions, alt, label="turn the pages", size=(8.0, 4.4)):
    """Show one picture for each caption, with a slider (also by the arrow keys) that turns them.

    draw: called as draw(fig, k) with an empty figure for each k from 0 to len(captions) - 1. captions: what each picture
    shows, a few words. alt: what the first picture shows, in a sentence or two. label: what the slider moves. size: in inches.
    Raises ValueError for fewer than two captions, and where layout is checked for an alt that says too little.
    """
    if len(captions) < 2:
        raise ValueError(f"a flip-book of {len(captions)} picture(s) has nothing to turn; give at least two captions.")
    check_alt(alt)
    frames = [_frame(draw, k, size) for k in range(len(captions))]
    page = PAGE.format(
        id="flipbook-" + hashlib.sha256("".join([*frames, *captions, alt]).encode()).hexdigest()[:12],
        alt=html.escape(alt),
        alt_json=_script(alt),
        width=int(size[0] * 100),
        first="data:image/png;base64," + frames[0],
        label=html.escape(label),
        caption=html.escape(captions[0]),
        last=len(frames) - 1,
        frames=_script(frames),
        captions=_script(list(captions)),
    )
    display({"text/html": page}, raw=True)


def _frame(draw, k, size):
    """Picture k as base64 text of a PNG with few colours."""
    fig = plt.figure(figsize=size)
    try:
        draw(fig, k)
        picture = Image.open(io.BytesIO(png(fig, DPI))).convert("RGB").quantize(COLOURS_KEPT)
    finally:
        plt.close(fig)
    packed = io.BytesIO()
    picture.save(packed, format="PNG", optimize=True)
    return base64.b64encode(packed.getvalue()).decode("ascii")


def _script(value):
    """value as JavaScript that cannot end the script element."""
    return json.dumps(value).replace("</", "<\\/")
