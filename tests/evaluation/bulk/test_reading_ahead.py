import threading
import time

import numpy as np
import pytest
from PIL import Image

import keras_tl as ktl
from keras_tl.evaluation.bulk.reading_ahead import ahead, batches_for


def test_results_come_in_order_and_few_are_begun_early():
    begun = []

    def work(number):
        time.sleep(0.002 * (number % 3))
        begun.append(number)
        return number * 2

    for taken, found in enumerate(ahead(range(20), work, 3)):
        assert found == taken * 2
        assert len(begun) <= taken + 1 + 3
    assert sorted(begun) == list(range(20))


def test_an_error_comes_out_and_what_nobody_waits_for_is_not_begun():
    begun = []

    def work(number):
        begun.append(number)
        if number == 2:
            raise RuntimeError("broken")
        return number

    results = ahead(range(1000), work, 2)
    with pytest.raises(RuntimeError, match="broken"):
        list(results)
    assert len(begun) <= 6
    assert threading.active_count() < 50


def test_batches_are_read_as_the_model_takes_them(make_model, files, tmp_path):
    model = make_model(resize="pad", background=(9, 8, 7))
    tiff = tmp_path / "a.tiff"
    Image.new("RGBA", (40, 20), (200, 10, 60, 128)).save(tiff)
    paths = [*files, tiff]
    batches = list(batches_for(model, paths, 4))
    assert [len(batch.paths) for batch in batches] == [4, 2]
    images = np.concatenate([batch.images for batch in batches])
    found = model.predict_on_batch(images)
    np.testing.assert_allclose(found, ktl.predict(model, paths).probabilities, atol=1e-6)


@pytest.mark.filterwarnings("ignore:.*set aside")
def test_what_cannot_be_read_is_told_as_predict_tells_it(make_model, files, tmp_path):
    whole = files[0].read_bytes()
    bad = {
        "none.png": b"not a picture",
        "empty.jpg": b"",
        "cut.png": whole[: len(whole) // 2],
        "page.jpg": b"<!DOCTYPE html><html></html>",
    }
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
    paths = [files[0], *(tmp_path / name for name in bad), tmp_path / "missing.png", files[1]]
    model = make_model()
    (batch,) = batches_for(model, paths, 16)
    expected = ktl.predict(model, paths)
    reasons = {aside.name: aside.reason for aside in expected.set_aside}
    assert {str(paths[n]): problem for n, problem in batch.problems.items()} == reasons
    assert len(reasons) == 5
    found = model.predict_on_batch(batch.images)
    np.testing.assert_allclose(found, expected.probabilities, atol=1e-6)
