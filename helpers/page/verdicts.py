"""How a statement came out: a card with the verdict and the recorded findings behind it."""

import html
from pathlib import Path

from IPython.display import display

from helpers.page.records import figure, record

COLOUR_OF = {"true": "#007a5a", "true if": "#8a5a00", "open": "#0063a0", "false": "#b03a00"}  # 4.5:1 on white and more


def show_figure(notebook, beginning, width=520):
    """Put a stored Figure on the page, small. width: in pixels."""
    found = figure(notebook, beginning)
    display({"image/png": found.png}, raw=True, metadata={"image/png": {"alt": found.alt, "width": width}})


def verdict(kind, short, *sources):
    """Show how a statement came out, with what decided it.

    kind: "true", "true if", "open" or "false". short: what follows the verdict, in a few words; "" for nothing.
    sources: pairs (notebook, beginning of a claim's sentence), read by record(); each stands with its number and its section.
    Its number is not masked in the text, so a page that was stored before its source was measured anew fails when it is compared.
    Raises ValueError for another kind or without a source; RecordError for a record that is missing or stale.
    """
    if kind not in COLOUR_OF or not sources:
        expected = f"one of {', '.join(COLOUR_OF)}, and at least one source"
        raise ValueError(f"verdict() takes {expected}; got {kind!r} and {len(sources)} sources.")
    says = f"{kind.capitalize()}{' ' if kind == 'true if' else '. '}{short}".strip()
    found, lines, texts = [record(*source) for source in sources], [], [says]
    for each, following in zip(found, [*found[1:], None], strict=True):
        before, number, after = each.words
        lines.append(f'<br>✓ {html.escape(before)}<b class="measured">{html.escape(number)}</b>{html.escape(after)}')
        texts.append(f"✓ {before}{number}{after}")
        if following is None or following.link != each.link:  # findings of one section are followed by one link
            further = ", further" if "/" in each.notebook else ""
            where = f"{Path(each.notebook).name[:2]}{further}: {each.section.replace('`', '')}"
            lines.append(f' <small>(<a href="{html.escape(each.link)}">{html.escape(where)}</a>)</small>')
            texts[-1] += f" ({where})"
    style = f"border-left: 6px solid {COLOUR_OF[kind]}; padding: 0.4em 0.8em; margin: 0.3em 0"
    page = f'<div style="{style}"><b style="color: {COLOUR_OF[kind]}">{html.escape(says)}</b>{"".join(lines)}</div>'
    display({"text/plain": "\n".join(texts), "text/html": page}, raw=True)
