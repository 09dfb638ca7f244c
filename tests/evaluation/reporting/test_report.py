import json
from html.parser import HTMLParser

import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.evaluation.reporting.contents import CONTENTS
from keras_tl.evaluation.reporting.drawing import Drawing
from keras_tl.foundation.files import write_json
from keras_tl.training.run_directory import RunDirectory


class Page(HTMLParser):
    """The tags of a page, what it links to, and its text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        links = ("src", "href", "srcset")
        self.links += [value for name, value in attributes if name in links]

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def written(run):
    """The report of a run of two phases, from Python."""
    path = ktl.report(run.path, data=run.data, verbose=0)
    return Page(path.read_text(encoding="utf-8"))


@pytest.fixture
def undrawn(monkeypatch):
    """Leaves figures out, which take most of the time."""
    nothing = Drawing("", "", "in words")
    monkeypatch.setattr("keras_tl.evaluation.reporting.page.drawing", lambda draw: nothing)


def told(run):
    return json.loads((run.path / "report.json").read_text(), parse_constant=pytest.fail)


def test_the_page_needs_nothing_beside_it_but_the_data(written):
    outside = [link for link in written.links if not link.startswith(("data:image/", "#"))]
    assert set(outside) == {"report.json"}
    assert "script" not in {tag for tag, _ in written.tags}


def test_every_section_is_on_the_page_and_in_the_data(written, run):
    ids = {attributes.get("id") for _, attributes in written.tags}
    wanted = {name for name, content in CONTENTS.items() if content.task is not True}
    assert wanted <= ids
    assert wanted | {"format", "run"} == set(told(run))


def test_page_and_data_say_the_score_that_evaluate_gives(written, run):
    scores = ktl.evaluate(ktl.load_classifier(run.path), run.data)
    assert told(run)["worth"]["accuracy"] == scores.accuracy
    assert told(run)["worth"]["accuracy_interval"] == list(scores.accuracy_interval)
    assert f"{scores.accuracy:.1%}" in written.text
    assert "{:.1%} to {:.1%}".format(*scores.accuracy_interval) in written.text


def test_every_picture_has_words_and_every_figure_numbers(written):
    images = [attributes for tag, attributes in written.tags if tag == "img"]
    assert len(images) > 6
    assert all(one["alt"].strip() for one in images)
    figures = [one["alt"] for one in images if one["src"].startswith("data:image/png")]
    assert len(figures) == 4
    assert all(any(character.isdigit() for character in words) for words in figures)


def test_the_probe_of_a_trained_backbone_needs_to_know_how_it_began(
    written, run, make_classifier, undrawn
):
    left_out = told(run)["baselines"]["left_out"]
    assert "Pass `before=`" in left_out["linear probe"]
    ktl.report(run.path, data=run.data, before=make_classifier, verbose=0)
    found = {one["name"]: one for one in told(run)["baselines"]["baselines"]}
    assert set(found) == {"majority class", "linear probe"}
    ktl.report(run.path, data=run.data, baselines="none", verbose=0)
    assert {one["name"] for one in told(run)["baselines"]["baselines"]} == set(found)


def test_data_that_cannot_be_loaded_again_are_asked_for(run):
    with pytest.raises(ValueError, match=r"can be loaded again.*`report\(run_dir, data=data\)`"):
        ktl.report(run.path, verbose=0)


def test_other_data_are_noted_and_leave_what_is_known_of_the_run(run, arrays, undrawn):
    ktl.report(run.path, data=run.data, verbose=0)
    known = RunDirectory(run.path).predictions_path.read_bytes()
    images, labels = arrays
    other = ktl.load_data((255 - images, labels), image_size=16, class_names=["ant", "bee", "cat"])
    page = Page(ktl.report(run.path, data=other, verbose=0).read_text(encoding="utf-8"))
    assert "These are not the data that the run was trained on" in page.text
    assert RunDirectory(run.path).predictions_path.read_bytes() == known


def test_a_directory_that_holds_no_run_is_refused(tmp_path):
    with pytest.raises(ValueError, match="`run_dir` must be"):
        ktl.report(tmp_path)


def test_what_is_missing_is_a_section_that_says_so(make_run, run):
    """No test split, no validation split, no epochs, no rates."""
    images, labels = run.data.whole().images(), run.data.whole().labels
    data = ktl.load_data((images.astype("uint8"), labels), image_size=16,
                         class_names=run.data.class_names, validation=0.0, test=0.0)  # fmt: skip
    directory = RunDirectory(make_run(data, "linear-probe", epochs=1))
    write_json(directory.history_path, {"phases": []})
    (directory.path / "history.csv").unlink()
    page = Page(ktl.report(directory.path, data=data, verbose=0).read_text(encoding="utf-8"))
    found = json.loads((directory.path / "report.json").read_text())
    for name in ("worth", "baselines", "reliability", "selective", "classes", "mistakes"):
        assert "No test images were held out" in found[name]["reason"]
    assert "no epochs to draw" in found["curves"]["reason"]
    assert found["trained"] == {"reason": "No phase is recorded."}
    assert page.text.count("No test images were held out") == 7
    assert "likely wrong" in page.text


def test_names_that_look_like_tags_stay_text(make_run, arrays):
    names = ["<script>alert(1)</script>", "a & b", "$x^2$"]
    data = ktl.load_data(arrays, image_size=16, class_names=names)
    text = ktl.report(make_run(data, epochs=1), data=data, verbose=0).read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_features_are_found_again_in_a_cache(run, tmp_path, monkeypatch, undrawn):
    ktl.report(run.path, data=run.data, cache=tmp_path, verbose=0)
    passes = []
    monkeypatch.setattr("keras_tl.caching.feature_cache.fill", lambda *a, **k: passes.append(a))
    ktl.report(run.path, data=run.data, cache=tmp_path, verbose=0)
    assert passes == []


def test_a_calibrated_model_is_scored_anew(make_run, run, undrawn):
    path = make_run(run.data, epochs=1)
    ktl.report(path, data=run.data, verbose=0)
    before = json.loads((path / "report.json").read_text())["reliability"]
    model = ktl.load_classifier(path)
    ktl.calibrate(model, run.data)
    RunDirectory(path).save_model(model)
    ktl.report(path, data=run.data, verbose=0)
    after = json.loads((path / "report.json").read_text())["reliability"]
    assert after["temperature"] != before["temperature"] == 1.0
    np.testing.assert_allclose(after["ece"], before["offer"]["ece"], atol=1e-3)
