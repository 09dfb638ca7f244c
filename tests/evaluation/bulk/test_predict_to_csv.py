import csv
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import keras_tl as ktl

NAMES = ["ant", "bee", "cat"]
COLUMNS = ["picture", "label", "probability", *NAMES, "problem"]


@pytest.fixture
def folder(tmp_path):
    """A folder of eleven pictures, in two folders, and two files that are none."""
    root = tmp_path / "many"
    generator = np.random.default_rng(2)
    for number in range(11):
        place = root / f"part{number % 2}"
        place.mkdir(parents=True, exist_ok=True)
        levels = generator.integers(0, 256, (20 + number, 24, 3), "uint8")
        Image.fromarray(levels).save(place / f"{number:02}.{('png', 'jpg')[number % 2]}")
    (root / "part0" / "03.png").write_bytes(b"not a picture")
    (root / "part1" / "99.jpg").write_bytes(b"")
    return root


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def interrupted_after(model, batches):
    """Makes a model stop the process, as Control-C does, instead of classifying more batches."""
    right, left = model.predict_on_batch, [batches]

    def stop(images):
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return right(images)

    model.predict_on_batch = stop
    return model


@pytest.mark.filterwarnings("ignore:.*set aside")
@pytest.mark.parametrize("multi_label", [False, True])
def test_a_table_says_what_predict_says_and_what_is_wrong(
    make_model, folder, tmp_path, multi_label
):
    model = make_model(multi_label=multi_label)
    out = tmp_path / "deep" / "out.csv"
    written = ktl.predict_to_csv(model, folder, out, batch_size=3)
    assert (written.path, written.rows, written.problems, written.found) == (out, 13, 2, 0)
    assert os.listdir(out.parent) == ["out.csv"]
    rows = rows_of(out)
    assert list(rows[0]) == COLUMNS
    assert [row["picture"] for row in rows] == sorted(row["picture"] for row in rows)
    expected = ktl.predict(model, folder)
    good = [row for row in rows if not row["problem"]]
    assert [row["picture"] for row in good] == expected.names
    for row, label, found in zip(good, expected.labels, expected.probabilities, strict=True):
        assert row["label"] == ("; ".join(label) if multi_label else label)
        assert [float(row[name]) for name in NAMES] == pytest.approx(found.tolist(), abs=1e-6)
        assert float(row["probability"]) == pytest.approx(found.max(), abs=1e-6)
    bad = {row["picture"]: row["problem"] for row in rows if row["problem"]}
    assert bad == {aside.name: aside.reason for aside in expected.set_aside}
    assert {row["label"] + row["ant"] for row in rows if row["problem"]} == {""}


@pytest.mark.parametrize("batches", [0, 1, 3])
def test_after_an_interruption_it_goes_on_to_the_same_table(make_model, folder, tmp_path, batches):
    ktl.predict_to_csv(make_model(), folder, tmp_path / "whole.csv", batch_size=3)
    out = tmp_path / "out.csv"
    with pytest.raises(KeyboardInterrupt):
        ktl.predict_to_csv(interrupted_after(make_model(), batches), folder, out, batch_size=3)
    assert not out.exists()
    written = ktl.predict_to_csv(make_model(), folder, out, batch_size=3)
    assert (written.rows, written.problems, written.found) == (13, 2, 3 * batches)
    assert out.read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_what_was_classified_is_not_classified_again(make_model, folder, tmp_path):
    model = interrupted_after(make_model(), 2)
    with pytest.raises(KeyboardInterrupt):
        ktl.predict_to_csv(model, folder, tmp_path / "out.csv", batch_size=3)
    for picture in sorted(folder.rglob("*.*"))[:6]:
        picture.write_bytes(b"would not be read")
    new = folder / "part0" / "new.png"
    Image.new("RGB", (20, 20), (9, 200, 3)).save(new)
    written = ktl.predict_to_csv(make_model(), folder, tmp_path / "out.csv", batch_size=3)
    assert (written.rows, written.problems) == (14, 2)
    rows = {row["picture"]: row for row in rows_of(written.path)}
    assert rows[str(new)]["label"] == ktl.predict(make_model(), new).labels[0]


def test_another_model_begins_its_own_table(make_model, folder, tmp_path):
    out = tmp_path / "out.csv"
    with pytest.raises(KeyboardInterrupt):
        ktl.predict_to_csv(interrupted_after(make_model(), 2), folder, out, batch_size=3)
    for other in (make_model(seed=1), make_model(resize="pad"), make_model(["x", "y", "z"])):
        assert ktl.predict_to_csv(other, folder, out).found == 0
    assert ktl.predict_to_csv(make_model(), folder, out).found == 6


def test_weights_that_are_broken_are_an_error(make_model, folder, tmp_path):
    model = make_model()
    model.layers[-2].set_weights([np.nan * weight for weight in model.layers[-2].get_weights()])
    with pytest.raises(ValueError, match="probabilities that are not finite"):
        ktl.predict_to_csv(model, folder, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_no_pictures_and_no_batches_are_errors(make_model, folder, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="`pictures` must name at least one picture"):
        ktl.predict_to_csv(make_model(), tmp_path / "empty", tmp_path / "out.csv")
    with pytest.raises(ValueError, match="`batch_size` must be an integer >= 1"):
        ktl.predict_to_csv(make_model(), folder, tmp_path / "out.csv", batch_size=0)
    with pytest.raises(ValueError, match="`verbose` must be one of"):
        ktl.predict_to_csv(make_model(), folder, tmp_path / "out.csv", verbose=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "many"]


KILLED = """
import os, signal, sys
import keras_tl as ktl
model = ktl.load_classifier(sys.argv[1])
right, left = model.predict_on_batch, [int(sys.argv[4])]
def kill(images):
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    return right(images)
model.predict_on_batch = kill
ktl.predict_to_csv(model, sys.argv[2], sys.argv[3], batch_size=2)
"""


@pytest.mark.slow
def test_killed_and_run_again_it_ends_in_the_same_table(make_model, folder, tmp_path):
    saved, out = tmp_path / "model.keras", tmp_path / "out.csv"
    make_model().save(saved)
    for found, batches in ((0, 2), (4, 3)):
        command = [sys.executable, "-c", KILLED, saved, folder, out, batches]
        done = subprocess.run(list(map(str, command)), capture_output=True, check=False)
        assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
        (part,) = tmp_path.glob("out.csv.*.part")
        assert len(rows_of(part)) == found + 2 * batches
        assert not out.exists()
    written = ktl.predict_to_csv(ktl.load_classifier(saved), folder, out, batch_size=2)
    assert (written.rows, written.found) == (13, 10)
    ktl.predict_to_csv(make_model(), folder, tmp_path / "whole.csv", batch_size=2)
    assert out.read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert sorted(path.name for path in tmp_path.glob("*.csv*")) == ["out.csv", "whole.csv"]


MEMORY = """
import resource, sys
import keras_tl as ktl

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3

model = ktl.load_classifier(sys.argv[1])
ktl.predict_to_csv(model, sys.argv[2], sys.argv[4], batch_size=8)
before = peak()
ktl.predict_to_csv(model, sys.argv[3], sys.argv[4], batch_size=8)
print(peak() - before)
"""


@pytest.mark.slow
def test_many_pictures_need_the_memory_of_a_few(tmp_path):
    size, number = 224, 1500
    model = ktl.build_classifier(
        "MobileNetV2", NAMES, weights=None, boundary="stage1", image_size=size
    )
    model.save(tmp_path / "model.keras")
    for folder, files in (("few", 40), ("many", number)):
        (tmp_path / folder).mkdir()
        first = tmp_path / folder / "0.jpg"
        Image.new("RGB", (60, 60), (200, 100, 50)).save(first)
        for copy in range(1, files):
            os.link(first, first.with_name(f"{copy}.jpg"))
    arguments = [tmp_path / "model.keras", tmp_path / "few", tmp_path / "many", tmp_path / "o.csv"]
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert number * size * size * 3 * 4 / 1e6 > 800
    assert float(done.stdout.split()[-1]) < 120
