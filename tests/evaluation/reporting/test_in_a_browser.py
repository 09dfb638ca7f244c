"""Reports as Chromium shows them, on a desk and on a phone."""

import json
import shutil
import subprocess
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread

import pytest

import keras_tl as ktl

WIDTHS = (1280, 390)
NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)

pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="needs Chromium, as `.ci/run` installs it: apt-get install chromium"
)

FRAMES = """<!DOCTYPE html><meta charset="utf-8"><body><script>
const asked = ASKED, found = [];
window.addEventListener("error", event => found.push({error: event.message}));
function look(frame, one) {
  const page = frame.contentDocument, root = page.documentElement;
  page.querySelectorAll("details").forEach(part => { part.open = true; });
  const images = [...page.images];
  return {
    ...one, title: page.title, scripts: page.scripts.length,
    room: root.clientWidth, needed: root.scrollWidth,
    words: images.map(image => image.alt),
    figures: page.querySelectorAll("figure.drawn img").length,
    broken: images.filter(image => !image.complete || image.naturalWidth === 0).length,
    headings: [...page.querySelectorAll("h2")].map(heading => heading.textContent),
    overlong: [...page.querySelectorAll("p, h1, h2, h3, img, summary, dl")].filter(
      part => part.getBoundingClientRect().right > root.clientWidth + 1
    ).map(part => part.outerHTML),
  };
}
Promise.all(asked.map(one => new Promise(done => {
  const frame = document.createElement("iframe");
  frame.style.cssText = `border: 0; width: ${one.width}px; height: 900px`;
  frame.onload = async () => {
    frame.contentWindow.addEventListener("error", event => found.push({error: event.message}));
    const images = [...frame.contentDocument.images];
    await Promise.all(images.map(image => image.decode().catch(() => 0)));
    found.push(look(frame, one));
    done();
  };
  frame.src = one.address;
  document.body.append(frame);
}))).then(() => fetch("/found", {method: "POST", body: JSON.stringify(found)}));
</script>"""


class Server(ThreadingHTTPServer):
    """Serves pages to this machine, and waits for what the browser finds of them."""

    def __init__(self, pages):
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages = pages
        self.found = Queue()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(self.server.pages.get(self.path))

    def do_POST(self):
        told = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(b"")
        self.server.found.put(json.loads(told))

    def answer(self, content):
        self.send_response(404 if content is None else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_):
        """Says nothing."""


@contextmanager
def served(pages):
    with Server(pages) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def found_by_chromium(pages, log, profile):
    """Opens `/` and returns what the page posts."""
    options = (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--hide-scrollbars", "--enable-logging=stderr", "--window-size=1400,1000",
    )  # fmt: skip
    with served(pages) as server, open(log, "w") as sink:
        address = f"http://127.0.0.1:{server.server_port}/"
        started = subprocess.Popen(
            [BROWSER, *options, f"--user-data-dir={profile}", address], stdout=sink, stderr=sink
        )
        try:
            return server.found.get(timeout=120)
        finally:
            started.terminate()
            started.wait(timeout=30)


def look_at(reports, folder):
    """Returns what Chromium finds of reports at every width, and what it says on its console."""
    addresses = {f"/{number}": one for number, one in enumerate(reports.values())}
    asked = [
        {"name": name, "width": width, "address": address}
        for name, address in zip(reports, addresses, strict=True)
        for width in WIDTHS
    ]
    pages = {address: one.encode() for address, one in addresses.items()}
    pages["/"] = FRAMES.replace("ASKED", json.dumps(asked)).encode()
    found = found_by_chromium(pages, folder / "log.txt", folder / "profile")
    said = (folder / "log.txt").read_text(errors="replace").splitlines()
    return found, [line for line in said if "CONSOLE" in line and "favicon" not in line]


@pytest.fixture(scope="module")
def looked(reported, tmp_path_factory):
    return look_at(
        {name: one.html for name, one in reported.items()}, tmp_path_factory.mktemp("browser")
    )


@pytest.fixture(scope="module")
def pages(looked):
    return {(one["name"], one["width"]): one for one in looked[0]}


def test_every_report_was_opened_at_both_widths_without_an_error(looked, reported):
    found, console = looked
    assert console == []
    assert not [one for one in found if "error" in one]
    assert len(found) == len(reported) * len(WIDTHS)
    assert {one["room"] for one in found} <= set(WIDTHS)
    assert all(one["title"].endswith("what it is worth") for one in found)


@pytest.mark.slow
def test_the_report_of_all_digits_beside_every_baseline(make_run, tmp_path):
    data = ktl.load_data("digits", image_size=64)
    model = ktl.build_classifier("MobileNetV2", data, weights="glyphs", pooling="flatten")
    path = make_run(data, "feature-extraction", epochs=1, model=model)
    ktl.report(path, verbose=0)
    found, console = look_at(
        {"digits": (path / "report.html").read_text(encoding="utf-8")}, tmp_path
    )
    assert console == []
    for one in found:
        assert one["needed"] <= one["room"]
        assert (one["broken"], one["scripts"], one["overlong"]) == (0, 0, [])
        assert all(word.strip() for word in one["words"])
    told = json.loads((path / "report.json").read_text())
    rivals = {one["name"]: one["verdict"] for one in told["baselines"]["baselines"]}
    assert set(rivals) == {"majority class", "raw-pixel SVM", "linear probe", "from scratch"}
    assert rivals["majority class"] == "better"
    assert told["worth"]["accuracy"] > 0.97


def test_nothing_is_wider_than_the_page(pages):
    for page in pages.values():
        assert page["needed"] <= page["room"], page["name"]
        assert page["overlong"] == [], page["name"]


def test_every_picture_is_there_and_has_words_in_its_place(pages):
    for page in pages.values():
        assert page["broken"] == 0, page["name"]
        assert all(word.strip() for word in page["words"])
        assert page["scripts"] == 0


def test_reports_have_their_parts_and_their_figures(pages):
    for (name, _), page in pages.items():
        assert page["headings"] == [
            "What it is worth", "Where it is wrong", "How it was trained", "What it was made of",
        ]  # fmt: skip
        assert page["figures"] == (1 if name == "one image a class" else 4), name
