"""An explorer as HTML that moves without a kernel, from the pictures stored in its output; the site and the decks use it.

The page needs explorers.js, which turns the sheet of pictures to the one that belongs to the sliders.
"""

import html
import json
import math
from pathlib import Path

SCRIPT, STYLE = (Path(__file__).with_name("site") / name for name in ("explorers.js", "explorers.css"))
ALONE = "On this page one slider moves at a time, from where the others started. In Jupyter they move together."


def moving(output):
    """The HTML of an explorer's stored output, or None for an output without stored pictures."""
    frames = output.get("metadata", {}).get("frames")
    if not frames:
        return None
    sliders, keys = frames["sliders"], frames["keys"]
    rows = "".join(
        f'<label>{html.escape(slider["label"])} <input type="range" min="0" max="{len(slider["texts"]) - 1}" value="{slider["start"]}"'
        f' data-texts="{html.escape(json.dumps(slider["texts"]))}"><output>{html.escape(slider["texts"][slider["start"]])}</output></label>'
        for slider in sliders
    )
    note = f"<p>{ALONE}</p>" if len(keys) < math.prod(len(slider["texts"]) for slider in sliders) else ""
    alt = html.escape(output["metadata"]["image/png"]["alt"])
    return (
        f'<div class="explorer" data-keys="{html.escape(json.dumps(keys))}" data-columns="{frames["columns"]}"'
        f' style="--columns: {frames["columns"]}; --width: {frames["width"]}; --height: {frames["height"]}">'
        f'<div class="sliders">{rows}{note}</div>'
        f'<div class="sheet"><img alt="{alt}" src="data:image/webp;base64,{frames["sheet"]}"></div></div>'
    )
