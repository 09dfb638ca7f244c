import csv
import errno
import inspect
import json
import math
import shlex
import subprocess
import sys
from base64 import b64decode
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

from keras_tl.cli import train
from keras_tl.foundation import files
from keras_tl.tuning.records import COMPLETED, FAILED, RUNNING, DepthPoint, TrialRecord
from keras_tl.tuning.reporting.importance import Importance
from keras_tl.tuning.reporting.report import TRAIN_OPTIONS, write_report

SCRIPT = "<script>alert('x')</script>,\n\"&{{ 7 * 7 }}[red]$"
PICTURES = ["depth_curve.png", "rates.png", "trials.png"]
POINTS = [
    DepthPoint(0, "head", 1234567, (0.80, 0.82, 0.84), (10.0, 11.0, 12.0)),
    DepthPoint(1, "stage5", 2234567, (math.nan,), (20.0,)),
]


def trial(number, score=None, status=COMPLETED, **settings):
    return TrialRecord(f"{number:02d}", status, settings, score, seconds=12.0)


RECORDS = [
    trial(0, 0.7, head_rate=1e-4, head="mlp", backbone="A", **{SCRIPT: SCRIPT}),
    replace(trial(1, status=FAILED, head_rate=1e-3, head="mlp"), error=f"Error: {SCRIPT}"),
    trial(2, 0.91239, head_rate=1e-3, head="mlp", dropout=0.25, boundary="end", backbone="B C",
          **{SCRIPT: 2}),
    trial(3, math.nan, head_rate=1e-2, head="mlp"),
    trial(4, status=RUNNING, head="mlp"),
]  # fmt: skip
SCORES = {
    "accuracy": 0.91239, "accuracy_interval": [0.88, 0.94], "examples": 1200, "log_loss": math.nan,
    "per_class": {"a": {}}, "class_names": ["a", "b"], "ok": True, SCRIPT: 0.5,
}  # fmt: skip


class Page(HTMLParser):
    """The tags, the cells of tables and the sources of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.rows, self.sources = [], [], []
        self.in_cell = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.sources += [value for name, value in attrs if name in ("src", "href")]
        self.in_cell = tag in ("td", "th")
        if tag == "tr":
            self.rows.append([])
        if self.in_cell:
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        self.in_cell = False

    def handle_data(self, data):
        if self.in_cell:
            self.rows[-1][-1] += data


def write(directory, records=RECORDS, **options):
    options = {
        "objective": "val_accuracy", "direction": "max", "best": RECORDS[2],
        "best_recipe_path": directory / "best recipe.yaml", "depth_points": POINTS,
        "test_scores": SCORES, **options,
    }  # fmt: skip
    return write_report(directory, records, **options)


@pytest.fixture(scope="module")
def directory(tmp_path_factory):
    path = tmp_path_factory.mktemp("search") / "new"
    assert write(path) == path / "report.html"
    return path


@pytest.fixture(scope="module")
def html(directory):
    return (directory / "report.html").read_text(encoding="utf-8")


def test_every_file_is_there_and_nothing_else(directory):
    found = sorted(path.name for path in directory.iterdir())
    assert found == sorted(["report.html", "trials.csv", "trials.json", *PICTURES])


def test_the_page_needs_no_other_file(directory, html):
    """The pictures in the page are those beside it; only the two tables are linked."""
    sources = Page(html).sources
    inside = [source for source in sources if source.startswith("data:image/png;base64,")]
    assert sorted(set(sources) - set(inside)) == ["trials.csv", "trials.json"]
    bytes_inside = {b64decode(source.partition(",")[2]) for source in inside}
    assert bytes_inside == {(directory / name).read_bytes() for name in PICTURES}
    assert all(content.startswith(b"\x89PNG") for content in bytes_inside)


def test_names_of_users_are_text(html):
    page = Page(html)
    assert "script" not in page.tags
    name = " ".join(SCRIPT.split())
    (heads,) = [row for row in page.rows if "remarks" in row]
    assert name in heads
    rows = {row[0]: dict(zip(heads, row, strict=False)) for row in page.rows if row}
    assert rows["00"][name] == name
    assert rows["02"][name] == "2"
    assert rows["01"]["remarks"] == f"Error: {name}"
    assert [name, "0.5000"] in page.rows


def test_trials_are_in_order_and_rounded(html):
    rows = [row for row in Page(html).rows if row and row[0] in ("00", "01", "02", "03", "04")]
    assert [row[0] for row in rows] == ["02", "00", "04", "01", "03"]
    best, _, running, failed, nan = rows
    assert html.count("<tr class=") == html.count('<tr class="best"><td>02</td>') == 1
    assert (best[-3], best[4], best[-2]) == ("0.9124", "0.001", "12")
    assert (running[1], running[-3]) == (RUNNING, "-")
    assert (failed[1], failed[-3]) == (FAILED, "-")
    assert nan[-3] == "nan"
    assert "5 trials: 3 completed, 1 failed, 1 running" in html


def test_scores_depths_and_the_probe_are_told(html):
    rows = Page(html).rows
    assert ["accuracy", "0.9124"] in rows
    assert ["accuracy interval", "0.8800 to 0.9400"] in rows
    assert ["examples", "1,200"] in rows
    assert ["log loss", "nan"] in rows
    assert not {"per class", "class names", "ok"} & {row[0] for row in rows if row}
    depths = [row for row in rows if len(row) == 7]
    assert depths[1] == ["0", "head", "1,234,567", "0.8200", "0.7703 to 0.8697", "3", "11"]
    assert depths[2] == ["1", "stage5", "2,234,567", "nan", "-", "1", "20"]
    assert "too few trials: 2 of 30" in html
    told = " ".join(html.split())
    assert (
        "Searched rates, smoothing and augmentation act from phase two: all trials of the same "
        "backbone and head begin with one shared linear probe."
    ) in told
    assert "The same wherever they act: boundary end, head mlp, dropout 0.25." in told


def test_the_command_is_one_that_keras_tl_knows(directory, html):
    command = unescape(html.partition("<pre>keras-tl")[2].partition("</pre>")[0])
    known = inspect.signature(train.run).parameters
    assert shlex.split(command) == [
        "train", "PICTURES", "--out", "runs/best", "--recipe", str(directory / "best recipe.yaml"),
        "--backbone", "B C", "--head", "mlp", "--dropout", "0.25",
    ]  # fmt: skip
    assert {"out", "recipe", *TRAIN_OPTIONS} <= set(known)
    assert "<code>best recipe.yaml</code>" in html


def test_tables_have_every_trial(directory):
    with open(directory / "trials.csv", newline="", encoding="utf-8") as file:
        rows = {row["number"]: row for row in csv.DictReader(file)}
    assert rows["00"][f"settings.{SCRIPT}"] == SCRIPT
    assert rows["01"]["error"] == f"Error: {SCRIPT}"
    read = json.loads((directory / "trials.json").read_text(encoding="utf-8"))
    assert [found["number"] for found in read["trials"]] == ["02", "00", "04", "01", "03"]
    assert read["best"] == "02"
    assert read["test_scores"]["per_class"] == {"a": {}}
    assert read["depth_curve"][1]["scores"] == [None]
    assert read["importance"]["reason"] == "too few trials: 2 of 30"


def test_from_thirty_trials_on_importance_is_in_the_report(tmp_path):
    records = [trial(i, i / 30, dropout=i / 100, **{SCRIPT: i % 2}) for i in range(30)]
    html = write(tmp_path, records, best=records[-1]).read_text(encoding="utf-8")
    assert "importance of settings, from 30 trials (out-of-bag R² 0.9" in html
    assert (tmp_path / "importance.png").is_file()
    importance = json.loads((tmp_path / "trials.json").read_text())["importance"]
    assert set(importance) == {*vars(Importance(0)), "is_meaningful"}
    assert list(importance["drops"]) == ["dropout", SCRIPT]


def test_a_search_without_a_score_still_has_a_report(tmp_path):
    """What an earlier report drew is not left behind."""
    write(tmp_path)
    records = [RECORDS[1], RECORDS[3]]
    path = write(tmp_path, records, best=None, best_recipe_path=None, depth_points=(),
                 test_scores=None)  # fmt: skip
    html = path.read_text(encoding="utf-8")
    assert "No trial has a score" in html
    assert "<img" not in html
    assert "keras-tl train" not in html
    assert not list(tmp_path.glob("*.png"))
    assert json.loads((tmp_path / "trials.json").read_text())["best"] is None


def test_no_trials_at_all(tmp_path):
    assert "no trials" in write_report(
        tmp_path, [], objective="val_loss", direction="min"
    ).read_text(encoding="utf-8")


def test_a_wrong_direction_writes_nothing(tmp_path):
    with pytest.raises(ValueError, match=r"`direction` must be .* Received: direction='best'"):
        write(tmp_path, direction="best")
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_the_earlier_report_whole(tmp_path, monkeypatch):
    before = write(tmp_path).read_bytes()

    def full(path):
        if path.name.endswith("report.html"):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "_sync", full)
    with pytest.raises(OSError, match=r"report.html'?.*No space left"):
        write(tmp_path, [])
    assert (tmp_path / "report.html").read_bytes() == before
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_script_that_no_font_has_is_no_warning(tmp_path, recwarn):
    points = [replace(point, first="\N{CJK UNIFIED IDEOGRAPH-6F22}") for point in POINTS]
    assert write(tmp_path, depth_points=points).is_file()
    assert not recwarn.list


def test_a_file_name_that_is_not_utf_8_does_not_stop_the_report(tmp_path):
    odd = b"caf\xe9.yaml".decode("utf-8", "surrogateescape")
    html = write(tmp_path, best_recipe_path=odd).read_text(encoding="utf-8")
    assert "caf\\udce9.yaml" in html


def test_nothing_heavy_is_imported_before_it_is_needed():
    code = (
        "import sys, keras_tl.tuning.reporting.report, keras_tl.tuning.reporting.trial_table; "
        "print({'tensorflow', 'keras', 'sklearn', 'matplotlib', 'jinja2'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
