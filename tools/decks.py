"""Lectures made of the notebooks: `make slides` writes build/slides/, which opens from disk with no network.

A deck is not the notebook cut up. Of each section it has a slide to predict, a slide with the figure and what was found, a slide with the
reason; code only where it stands in view in the notebook; near the end the explorer, which moves without a kernel. The first slide asks the
question, the last one has the short answer. reveal.js comes with the package sphinx-revealjs.
"""

import html
import re
import shutil
import sys
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import mistune
import nbformat
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from tools import explorers
from tools.execute import NOTEBOOKS
from tools.handout import predictions
from tools.pace import NO_IDEAS, WORDS_A_MINUTE

OUT = NOTEBOOKS.parent / "build/slides"
OWN = (Path(__file__).with_name("slides") / "deck.css", explorers.SCRIPT, explorers.STYLE)
REVEAL = ("dist/reset.css", "dist/reveal.css", "dist/reveal.js", "plugin/notes/notes.js")
MOST_WORDS, FEW_WORDS = 95, 50  # on a slide of text; few are shown larger
MINUTES = {"title": 1.0, "predict": 1.5, "figure": 1.5, "code": 1.0, "explorer": 2.0}  # a slide of text takes as long as it takes to say it

# The lecture of 45 minutes: the headline sections of the short course, by the beginning of their headings.
LECTURE = {
    "00_start_here": ("One line", "Why: every layer"),
    "04_batch_norm_forward": ("Four numbers", "Which numbers"),
    "03_internal_covariate_shift": ("1. What moves",),
    "06_gamma_and_beta": ("3. What can change",),
    "09_regularization_side_effect": ("2. Does the noise",),
    "10_test_time_running_averages": ("3. The forgotten",),
    "12_smoothing_critique": ("2. Noise behind",),
}
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<link rel="stylesheet" href="reveal/reset.css"><link rel="stylesheet" href="reveal/reveal.css">
<link rel="stylesheet" href="reveal/explorers.css"><link rel="stylesheet" href="reveal/deck.css">
<style>{code_style}</style></head>
<body><div class="reveal"><div class="slides">
{slides}
</div></div>
<script src="reveal/reveal.js"></script><script src="reveal/notes.js"></script><script src="reveal/explorers.js"></script>
<script>Reveal.initialize({{width: 1280, height: 720, margin: 0, center: false, hash: true, slideNumber: "c/t", controls: false,
  transition: "none", plugins: [RevealNotes]}});</script>
</body></html>
"""
INDEX = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Batch Norm, Measured: decks</title>
<style>body {{ font: 20px/1.5 sans-serif; max-width: 48em; margin: 2em auto; padding: 0 1em; }}
td {{ padding: 0.2em 1.5em 0.2em 0; }}</style></head>
<body><h1>Batch Norm, Measured: decks</h1>
<p>Arrow keys turn the slides, S opens the speaker's notes with their minutes, F fills the screen; with
<code>?print-pdf</code> behind the address, the browser prints a PDF.</p>
<table><tr><th align="left">deck</th><th align="left">slides</th><th align="left">minutes</th></tr>
{rows}
</table></body></html>
"""
EXPLORER_NOTES = "<p>Click a slider or reach it with Tab; the arrow keys move it. Escape leaves it, and they turn the slides again.</p>"
to_html = mistune.create_markdown(escape=False, plugins=["table"])


@dataclass
class Slide:
    """One slide: its kind, what stands on it as HTML, what the speaker reads in the notes."""

    kind: str  # title, predict, figure, code, explorer, text
    body: str
    notes: str = ""

    @property
    def minutes(self):
        return MINUTES.get(self.kind) or max(0.5, len(re.sub(r"<[^>]+>", " ", self.body).split()) / WORDS_A_MINUTE)


@dataclass
class Section:
    """What a notebook has under one heading."""

    heading: str
    slides: list = field(default_factory=list)


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    (OUT / "reveal").mkdir(parents=True)
    shipped = files("sphinx_revealjs") / "_static/revealjs"
    for name in REVEAL:
        (OUT / "reveal" / Path(name).name).write_bytes((shipped / name).read_bytes())
    for path in OWN:
        shutil.copy(path, OUT / "reveal")
    rows = [write("lecture", "Batch normalization, measured", lecture())]
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        title, slides = deck(path)
        rows.append(write(path.stem, title, slides))
    (OUT / "index.html").write_text(INDEX.format(rows="\n".join(rows)), encoding="utf-8")
    print(f"wrote {len(rows)} decks; open build/slides/index.html")
    return 0


def write(name, title, slides):
    """Write one deck; its row in the index."""
    now, parts = 0.0, []
    for slide in slides:
        notes = f"Minute {now:.0f} to {now + slide.minutes:.0f}."
        parts.append(f'<section data-kind="{slide.kind}">{slide.body}<aside class="notes"><p>{notes}</p>{slide.notes}</aside></section>')
        now += slide.minutes
    code_style = HtmlFormatter().get_style_defs("pre")
    page = PAGE.format(title=html.escape(title), slides="\n".join(parts), code_style=code_style)
    (OUT / f"{name}.html").write_text(page, encoding="utf-8")
    return f'<tr><td><a href="{name}.html">{html.escape(title)}</a></td><td>{len(slides)}</td><td>{now:.0f}</td></tr>'


def deck(path):
    """The title and the slides of a notebook."""
    notebook = nbformat.read(path, as_version=4)
    title, question, answer = opening(notebook)
    middle = [slide for section in sections(notebook) for slide in section.slides]
    return title, [title_slide(title, question), *middle, *explorer_slides(notebook), last_slide([answer])]


def lecture():
    """The slides of the lecture: headline sections of the short course."""
    slides, answers = [title_slide("Batch normalization, measured", "What does it compute, why does it help, and when does it not?")], []
    for name, headings in LECTURE.items():
        notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
        found = [section for section in sections(notebook) if section.heading.startswith(headings)]
        if len(found) != len(headings):
            raise ValueError(f"{name} has the sections {[s.heading for s in sections(notebook)]}; the lecture wants {headings}.")
        slides += [slide for section in found for slide in section.slides if slide.kind != "code"]
        title, _, answer = opening(notebook)
        answers.append(f"**{title.partition(' · ')[2]}** {answer.split('. ')[0].rstrip('.')}.")
    return [*slides, last_slide(["\n".join(f"- {answer}" for answer in answers)])]


def opening(notebook):
    """Title, question and short answer in the first cell of a notebook."""
    first = notebook.cells[0].source
    title = re.search(r"^# (.*)$", first, flags=re.MULTILINE)[1]
    question = re.search(r"\*\*The question\.\*\* (.*)", first)[1]
    answer = re.search(r"<summary>The short answer</summary>\s*(.*?)\s*</details>", first, flags=re.DOTALL)[1]
    return title, question, answer


def title_slide(title, question):
    return Slide("title", f'<h1>{html.escape(title)}</h1><div class="ask">{shown(question)}</div><p class="small">Batch Norm, Measured</p>')


def last_slide(answers):
    return Slide("text", "<h2>The short answer</h2>" + "".join(shown(answer) for answer in answers))


def sections(notebook):
    """The Sections of a notebook that are ideas, each with its slides."""
    found, said = [Section("")], ""
    for cell in notebook.cells[1:]:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "markdown":
            text = without_folds(cell.source)
            if heading := re.match(r"## +(.*)\n?", text):
                found.append(Section(plain(heading[1])))
                text, said = text[heading.end() :], ""
            if is_reason(found[-1], text):
                add_reason(found[-1], text)
            else:
                said += "\n\n" + text
            continue
        before = len(found[-1].slides)
        if "predict" in tags:
            found[-1].slides.append(prediction_slide(found[-1].heading, cell))
        elif not tags:
            found[-1].slides.append(code_slide(found[-1].heading, cell))
        else:
            add_outputs(found[-1], cell)
        if len(found[-1].slides) > before:
            found[-1].slides[before].notes += shown(said)
            said = ""
    return [section for section in found if section.heading and not section.heading.startswith(NO_IDEAS)]


def prediction_slide(heading, cell):
    """A slide to vote on."""
    [(question, answers)] = predictions(nbformat.v4.new_notebook(cells=[cell]))
    listed = "".join(f"<li>({letter}) {html.escape(answer)}</li>" for letter, answer in zip("abcdefgh", answers, strict=False))
    body = f'<h2>{html.escape(heading)}</h2><p class="ask">{html.escape(question)}</p><ul class="answers">{listed}</ul>'
    return Slide("predict", body, "<p>The room votes, before the next slide.</p>")


def add_outputs(section, cell):
    """A slide for each picture of a cell; claims go below the picture before them."""
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if "image/png" in data and "explorer" not in cell.metadata.get("tags", []):
            alt = html.escape(output.metadata.get("image/png", {}).get("alt", ""))
            picture = data["image/png"].replace("\n", "")
            image = f'<p class="figure"><img alt="{alt}" src="data:image/png;base64,{picture}"></p>'
            section.slides.append(Slide("figure", f"<h2>{html.escape(section.heading)}</h2>{image}"))
        elif "✓" in data.get("text/plain", ""):
            add_findings(section, re.sub(r" \(checked: .*\)$", "", data["text/plain"]).replace("✓ ", "").split("\n"))


def explorer_slides(notebook):
    """A slide for each explorer of a notebook, with what is asked above it in the notes."""
    slides, asked = [], ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            asked = re.sub(r"^## .*\n", "", without_folds(cell.source))
        for explorer in filter(None, map(explorers.moving, cell.get("outputs", []))):
            slides.append(Slide("explorer", f"<h2>Play with it</h2>{explorer}", shown(asked) + EXPLORER_NOTES))
    return slides


def add_findings(section, sentences):
    """The first finding behind a picture stands on its slide, the others in its notes."""
    drawn = [slide for slide in section.slides if slide.kind == "figure"]
    if not drawn:
        section.slides.append(Slide("text", f"<h2>{html.escape(section.heading)}</h2>"))
        drawn = section.slides
    for sentence in sentences:
        if "finding" in drawn[-1].body:
            drawn[-1].notes += f"<p>{html.escape(sentence)}</p>"
        else:
            drawn[-1].body += f'<p class="finding">{html.escape(sentence)}</p>'


def is_reason(section, text):
    """Does a text say what was seen and why, so that it gets a slide? What prepares an experiment goes to the notes of the next slide."""
    if re.search(r"^It was \(|^\|", text, flags=re.MULTILINE):
        return True
    return bool(section.slides) and section.slides[-1].kind in ("figure", "code") and "folded cell" not in text.lower()


def add_reason(section, text):
    """Slides of text: paragraphs together up to MOST_WORDS."""
    group = []
    for part in [*(part for part in re.split(r"\n\s*\n", text.strip()) if part.strip()), None]:
        if part is None or len(" ".join([*group, part]).split()) > MOST_WORDS:
            if group:
                said = "\n\n".join(group)
                size = "large" if len(said.split()) <= FEW_WORDS and "|" not in said else "text"
                section.slides.append(Slide("text", f'<h2>{html.escape(section.heading)}</h2><div class="{size}">{shown(said)}</div>'))
            group = []
        if part is not None:
            group.append(part)


def code_slide(heading, cell):
    code = highlight(cell.source, PythonLexer(), HtmlFormatter(nowrap=True))
    return Slide("code", f"<h2>{html.escape(heading)}</h2><pre><code>{code}</code></pre>")


def without_folds(text):
    return re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL)


def plain(text):
    """A heading without the marks of Markdown."""
    return re.sub(r"[`*]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)).strip()


def shown(text):
    """Markdown as HTML; of a link only its text, because a lecture leads nowhere else."""
    return to_html(re.sub(r"\[([^\]]*)\]\([^()]*(?:\([^()]*\)[^()]*)*\)", r"\1", text))


if __name__ == "__main__":
    sys.exit(main())
