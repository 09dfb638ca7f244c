import numpy as np
import pytest

import keras_tl as ktl


def test_an_array_gives_labels_scores_and_probabilities(make_model, arrays):
    model, images = make_model(), arrays[0]
    found = ktl.predict(model, images)
    expected = model.predict(images.astype("float32"), verbose=0)
    np.testing.assert_allclose(found.probabilities, expected, atol=1e-6)
    assert found.probabilities.dtype == np.float32
    np.testing.assert_array_equal(found.scores, found.probabilities.max(axis=1))
    names = np.array(["ant", "bee", "cat"])
    assert found.labels == names[found.probabilities.argmax(axis=1)].tolist()
    assert found.names[:2] == ["#0", "#1"]


def test_files_folders_and_arrays_give_the_same(make_model, files, arrays):
    model = make_model()
    of_array = ktl.predict(model, arrays[0][:5]).probabilities
    for source in (files, [str(file) for file in files], files[0].parent, str(files[0].parent)):
        found = ktl.predict(model, source)
        np.testing.assert_allclose(found.probabilities, of_array, atol=1e-6)
        assert found.names == [str(file) for file in files]
    one = ktl.predict(model, files[3])
    np.testing.assert_allclose(one.probabilities, of_array[3:4], atol=1e-6)


@pytest.mark.parametrize("policy", ["crop", "pad", "stretch"])
def test_images_of_another_size_go_the_way_the_model_was_trained(make_model, policy):
    images = np.random.default_rng(0).integers(0, 256, (4, 30, 50, 3), dtype="uint8")
    model = make_model(resize=policy)
    found = ktl.predict(model, images).probabilities
    others = [ktl.predict(make_model(resize=p), images).probabilities for p in ("crop", "pad")]
    assert found.shape == (4, 3)
    assert sum(np.allclose(found, other) for other in others) == (policy != "stretch")


def test_a_split_is_predicted_in_its_order_and_as_evaluated(make_model, data):
    model = make_model()
    found = ktl.predict(model, data.train)
    right = np.array(found.labels) == np.array(data.class_names)[data.train.labels]
    assert right.mean() == pytest.approx(ktl.evaluate(model, data.train).accuracy)
    assert found.names == data.train.names()


def test_several_labels_are_those_above_a_half(make_model, arrays):
    found = ktl.predict(make_model(multi_label=True), arrays[0][:7])
    assert len(found.labels) == 7
    for labels, row in zip(found.labels, found.probabilities, strict=True):
        expected = zip(["ant", "bee", "cat"], row, strict=True)
        assert labels == tuple(name for name, p in expected if p >= 0.5)


def test_a_bad_file_is_set_aside_and_the_rest_predicted(make_model, files):
    bad = files[0].parent / "bad.jpg"
    bad.write_bytes(b"not a picture")
    model = make_model()
    with pytest.warns(UserWarning, match=r"1 of 6 pictures were set aside\. First: .*bad\.jpg"):
        found = ktl.predict(model, files[0].parent)
    assert [item.name for item in found.set_aside] == [str(bad)]
    assert found.names == [str(file) for file in files]
    assert len(found.labels) == 5
    assert bad.read_bytes() == b"not a picture"


def test_only_bad_files_are_an_error_that_names_one(make_model, tmp_path):
    (tmp_path / "bad.jpg").write_bytes(b"not a picture")
    with pytest.raises(ValueError, match=r"No picture can be read: .*bad\.jpg: not a picture"):
        ktl.predict(make_model(), tmp_path)
    with pytest.raises(ValueError, match=r"missing\.jpg: there is no such file"):
        ktl.predict(make_model(), tmp_path / "missing.jpg")


@pytest.mark.parametrize("source", [[], np.zeros((0, 16, 16, 3), "uint8")])
def test_nothing_to_predict_is_an_error(make_model, source):
    with pytest.raises(ValueError, match=r"`paths_or_images` must .* at least one picture"):
        ktl.predict(make_model(), source)


def test_a_folder_without_pictures_is_an_error(make_model, tmp_path):
    with pytest.raises(ValueError, match=r"at least one picture \(\.avif, \.bmp"):
        ktl.predict(make_model(), tmp_path)


def test_images_in_0_to_1_and_a_single_image_are_refused(make_model, arrays):
    model, image = make_model(), arrays[0][0]
    with pytest.raises(ValueError, match=r"0\.\.255"):
        ktl.predict(model, image[None] / 255.0)
    with pytest.raises(ValueError, match=r"one image is `image\[None\]`"):
        ktl.predict(model, image)


def test_dropout_is_off(make_model, arrays):
    model = make_model(dropout=0.9)
    first, second = (ktl.predict(model, arrays[0]).probabilities for _ in range(2))
    np.testing.assert_array_equal(first, second)
