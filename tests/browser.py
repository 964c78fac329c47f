"""A real JupyterLab in a real browser: what the browser test and `make bench` share."""

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
NO_BROWSER = (
    "no chromium found: install it (Debian, Ubuntu: apt-get install chromium; macOS: brew install --cask chromium), "
    "or set COURSE_CHROMIUM to the path of a Chromium or Chrome"
)
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --no-proxy-server"
).split()
START, RUN, CHANGE = 60, 180, 20  # seconds allowed: until the server answers, until all cells ran, until the picture changes

# A new visitor's JupyterLab asks whether to fetch news, which would lie over the notebook.
PAGE_CONFIG = '{"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": true}}'


def find_chromium():
    """The path of a Chromium or Chrome, or None. COURSE_CHROMIUM goes first."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("COURSE_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def explorer_notebook(folder=ROOT / "notebooks"):
    """The notebook to open: 04, or else the first one that has an explorer; None if there is none."""

    def explores(path):
        return any("explorer" in cell.metadata.get("tags", []) for cell in nbformat.read(path, as_version=4).cells)

    paths = [*folder.glob("04_batch_norm_forward.ipynb"), *sorted(folder.glob("*.ipynb"))]
    return next((path.name for path in paths if explores(path)), None)


@contextlib.contextmanager
def explorer_page(notebook):
    """The page of a notebook in JupyterLab, all its cells run, as a Playwright page; closed again at the end."""
    from playwright.sync_api import sync_playwright

    with running_lab() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=FLAGS)
        page = browser.new_page(viewport={"width": 1300, "height": 1000})
        page.goto(address.format(notebook))
        run_all_cells(page)
        yield page
        browser.close()


@contextlib.contextmanager
def running_lab():
    """A JupyterLab of our own on a copy of the course; yields the address of a notebook, with {} for its name."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch, socket.socket() as probe:
        folder = Path(scratch)
        for part in ("notebooks", "helpers", "data"):
            shutil.copytree(ROOT / part, folder / "course" / part, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
        probe.bind(("127.0.0.1", 0))
        port, token = probe.getsockname()[1], secrets.token_hex(16)
        probe.close()  # free for the server
        log = folder / "server.log"
        with log.open("w") as output:
            server = subprocess.Popen(
                _command(port, token, folder / "course"),
                env=_environment(folder),
                cwd=folder / "course",
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            _wait_for(f"http://127.0.0.1:{port}/api/status?token={token}", server, log)
            yield f"http://127.0.0.1:{port}/lab/tree/notebooks/{{}}?token={token}"
        finally:
            _stop(server)


def _command(port, token, folder):
    return [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
        *(f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}", "--LabApp.expose_app_in_browser=True"),
        *(["--allow-root"] if os.name == "posix" and os.getuid() == 0 else []),
    ]


def _environment(folder):
    """Ours, but with Jupyter's settings in a scratch folder: neither the user's settings nor their workspaces take part."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    own = {name: folder / name.lower() for name in (*names, "IPYTHONDIR")}
    page_config = own["JUPYTER_CONFIG_DIR"] / "labconfig" / "page_config.json"
    page_config.parent.mkdir(parents=True)
    page_config.write_text(PAGE_CONFIG)
    return os.environ | {name: str(path) for name, path in own.items()}


def _wait_for(address, server, log):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # our own machine needs no proxy
    deadline = time.monotonic() + START
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError, urllib.error.URLError), opener.open(address, timeout=5):
            return
        time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not answer within {START} s. The end of its log:\n{log.read_text()[-3000:]}")


def _stop(server):
    """End the server, which ends its kernels."""
    server.terminate()
    try:
        server.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def run_all_cells(page):
    """Run > Run All Cells, and wait until the kernel is idle again."""
    idle = "() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
    page.wait_for_function(idle, timeout=START * 1000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    # The last code cell has its number only when everything above it ran. (No cell at all never comes to an end.)
    page.wait_for_function(
        """() => {
            const cells = window.jupyterapp.shell.currentWidget.content.widgets.filter(c => c.model.type === 'code' &&
                c.model.sharedModel.getSource().trim());
            return cells.every(c => c.model.executionState === 'idle' && c.model.executionCount);
        }""",
        timeout=RUN * 1000,
    )
    page.wait_for_function(idle, timeout=RUN * 1000)


class Explorer:
    """The first explorer of a page: its first slider, moved by keyboard, and its picture."""

    def __init__(self, page):
        self.page = page
        box = page.locator(".widget-vbox:has(.widget-slider):has(img.widget-image)").first
        box.wait_for(timeout=CHANGE * 1000, state="attached")
        self.slider = box.locator(".widget-slider [role=slider]").first
        self.picture = box.locator("img.widget-image").first
        self.slider.scroll_into_view_if_needed()
        # The page itself takes the times: from the key press to the picture's new source.
        self.picture.evaluate(
            """picture => {
                window.delays = [];
                let pressed = null;
                document.addEventListener('keydown', event => { pressed = event.timeStamp; }, true);
                new MutationObserver(() => {
                    if (pressed !== null) { window.delays.push(performance.now() - pressed); pressed = null; }
                }).observe(picture, {attributes: true, attributeFilter: ['src']});
            }"""
        )

    def source(self):
        return self.picture.get_attribute("src")

    def press(self, key):
        """Press a key on the slider, wait for the picture to change; the milliseconds that took."""
        self.slider.focus()
        before = len(self.page.evaluate("window.delays"))
        self.page.keyboard.press(key)
        # Asking at every frame, the default, would compete with the drawing for the processor.
        arrived = "count => window.delays.length > count"
        self.page.wait_for_function(arrived, arg=before, timeout=CHANGE * 1000, polling=50)
        return self.page.evaluate("window.delays.at(-1)")
