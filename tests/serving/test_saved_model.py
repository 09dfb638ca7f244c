import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import keras_tl as ktl
from keras_tl.serving import saved_model

NAMES = ["ant", "bee", "cat"]


@pytest.fixture(scope="module")
def classifier():
    """A small classifier with everything that is random in training."""
    keras.utils.set_random_seed(0)
    images = keras.Input((16, 16, 3))
    features = keras.layers.RandomFlip(seed=1)(images)
    features = keras.layers.Rescaling(1 / 127.5, -1.0)(features)
    features = keras.layers.GaussianNoise(0.9, seed=2)(features)
    features = keras.layers.Conv2D(8, 3, strides=2, activation="relu")(features)
    features = keras.layers.BatchNormalization()(features)
    backbone = keras.Model(images, features, name="noisy")
    return ktl.build_classifier(backbone, NAMES, pooling="flatten", dropout=0.5, resize="pad")


@pytest.fixture(scope="module")
def exported(classifier, tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "1"
    images = np.random.default_rng(0).integers(0, 256, (8, 20, 28, 3), dtype="uint8")
    folder = tmp_path_factory.mktemp("proof")
    paths = [folder / f"{number}.png" for number in range(8)]
    for path_of_image, image in zip(paths, images, strict=True):
        Image.fromarray(image).save(path_of_image)
    assert ktl.export_saved_model(classifier, path, verify_on=paths) == path
    return path


@pytest.fixture(scope="module")
def served(exported):
    return tf.saved_model.load(str(exported))


@pytest.fixture(scope="module")
def encoded():
    """The same kinds of bytes that a client sends: PNG, JPEG, WebP, GIF, BMP of several modes."""
    kinds = [("PNG", "RGB"), ("JPEG", "RGB"), ("WEBP", "RGB"), ("GIF", "P"), ("BMP", "RGB"),
             ("PNG", "RGBA"), ("PNG", "L"), ("JPEG", "CMYK"), ("WEBP", "RGBA")]  # fmt: skip
    found = []
    for seed, (kind, mode) in enumerate(kinds):
        levels = np.random.default_rng(seed).integers(0, 256, (20 + seed, 28, 3), dtype="uint8")
        sink = io.BytesIO()
        Image.fromarray(levels).convert(mode).save(sink, format=kind)
        found.append(sink.getvalue())
    return found


def test_signatures_have_the_names_types_and_shapes_of_the_contract(served):
    assert set(served.signatures) == {"serving_default", "serving_images", "serving_features"}
    for name, given in (
        ("serving_default", {"image_bytes": ([None], tf.string)}),
        ("serving_images", {"images": ([None, None, None, 3], tf.float32)}),
        ("serving_features", {"features": ([None, 392], tf.float32)}),
    ):
        signature = served.signatures[name]
        inputs = signature.structured_input_signature[1]
        assert {k: (v.shape.as_list(), v.dtype) for k, v in inputs.items()} == given
        outputs = signature.structured_outputs
        assert {k: v.dtype for k, v in outputs.items()} == {
            "probabilities": tf.float32,
            "classes": tf.string,
            "label": tf.string,
            "score": tf.float32,
        }


def test_encoded_pictures_of_every_kind_get_what_predict_says(
    served, classifier, encoded, tmp_path
):
    answer = served.signatures["serving_default"](image_bytes=tf.constant(encoded))
    paths = [tmp_path / f"{number}.png" for number in range(len(encoded))]
    for path, content in zip(paths, encoded, strict=True):
        path.write_bytes(content)
    expected = ktl.predict(classifier, paths)
    np.testing.assert_allclose(answer["probabilities"], expected.probabilities, atol=1e-5)
    assert [label.decode() for label in answer["label"].numpy()] == expected.labels
    np.testing.assert_allclose(answer["score"], expected.scores, atol=1e-5)
    assert answer["classes"].shape == (len(encoded), 3)
    assert [name.decode() for name in answer["classes"].numpy()[4]] == NAMES


def test_decoded_pictures_of_any_size_get_what_predict_says(served, classifier):
    for size in ((16, 16), (30, 22)):
        images = np.random.default_rng(0).integers(0, 256, (4, *size, 3)).astype("float32")
        answer = served.signatures["serving_images"](images=tf.constant(images))
        expected = ktl.predict(classifier, images)
        np.testing.assert_allclose(answer["probabilities"], expected.probabilities, atol=1e-5)


def test_features_get_what_the_whole_model_says(served, classifier, data):
    features, _ = ktl.features(classifier, data.test)
    answer = served.signatures["serving_features"](features=tf.constant(features))
    expected = ktl.predict(classifier, data.test)
    np.testing.assert_allclose(answer["probabilities"], expected.probabilities, atol=1e-5)
    assert [label.decode() for label in answer["label"].numpy()] == expected.labels


def test_a_batch_of_one_and_of_many_agree(served, encoded):
    answer = served.signatures["serving_default"]
    together = answer(image_bytes=tf.constant(encoded))["probabilities"].numpy()
    alone = [answer(image_bytes=tf.constant([one]))["probabilities"].numpy()[0] for one in encoded]
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_dropout_noise_and_augmentation_are_off(served, encoded):
    answer = served.signatures["serving_default"]
    first, *others = (answer(image_bytes=tf.constant(encoded)) for _ in range(4))
    for other in others:
        np.testing.assert_array_equal(first["probabilities"], other["probabilities"])


def test_several_labels_are_selected_above_a_half(make_model, tmp_path, encoded):
    model = make_model(multi_label=True)
    with pytest.warns(UserWarning, match="unproven"):
        ktl.export_saved_model(model, tmp_path / "1", verify_on=None)
    served = tf.saved_model.load(str(tmp_path / "1"))
    answer = served.signatures["serving_default"](image_bytes=tf.constant(encoded))
    assert set(answer) == {"probabilities", "classes", "selected"}
    assert answer["selected"].dtype == tf.bool
    np.testing.assert_array_equal(answer["selected"], answer["probabilities"].numpy() >= 0.5)


def test_tensorflows_own_tool_shows_the_signatures(exported):
    tool = Path(sys.executable).with_name("saved_model_cli")
    shown = subprocess.run(
        [tool, "show", "--dir", exported, "--all"], capture_output=True, text=True, check=True
    ).stdout
    for word in ("serving_default", "serving_images", "image_bytes", "DT_STRING", "probabilities"):
        assert word in shown


def test_an_export_without_proof_warns(make_model, tmp_path):
    with pytest.warns(UserWarning, match=r"export/1' is exported unproven"):
        path = ktl.export_saved_model(make_model(), tmp_path / "export" / "1", verify_on=None)
    assert path.is_dir()
    assert [p.name for p in path.parent.iterdir()] == ["1"]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_an_existing_path_is_left_alone(make_model, tmp_path, kind):
    path = tmp_path / "1"
    path.mkdir() if kind == "folder" else path.write_text("mine")
    with pytest.raises(ValueError, match=r"`path` must not exist.*number.*/2'.*or remove it"):
        ktl.export_saved_model(make_model(), path, verify_on=None)
    assert path.is_dir() if kind == "folder" else path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


def reversed_probabilities(right):
    return lambda model: lambda found, *rows: right(model)(found[:, ::-1], *rows)


def in_training(right):
    return lambda model: lambda inputs: model(inputs, training=True)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("named_answer", reversed_probabilities),
        pytest.param("inference_function", in_training, marks=pytest.mark.slow),
    ],
)
def test_an_export_that_differs_is_refused_and_removed(
    classifier, tmp_path, files, monkeypatch, name, wrong
):
    monkeypatch.setattr(saved_model, name, wrong(getattr(saved_model, name)))
    with pytest.raises(ktl.ExportError, match=r"other probabilities.*allowed 0\.0001.*picture"):
        ktl.export_saved_model(classifier, tmp_path / "out" / "1", verify_on=files)
    assert list((tmp_path / "out").iterdir()) == []


def out_of_space(*_, **__):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def tensorflow_out_of_space(*_, **__):
    message = "{{function_node x}} out/part-0; No space left on device [Op:SaveV2]"
    raise tf.errors.ResourceExhaustedError(None, None, message)


@pytest.mark.parametrize("fail", [out_of_space, tensorflow_out_of_space])
def test_a_full_disk_while_writing_leaves_nothing(make_model, tmp_path, monkeypatch, fail):
    def write_half(archive, path, **_):
        os.makedirs(path)
        Path(path, "saved_model.pb").write_bytes(b"half")
        fail()

    monkeypatch.setattr(type(keras.export.ExportArchive()), "write_out", write_half)
    with pytest.raises(OSError, match=r"Could not write '.*out/1'.*No space left on device\."):
        ktl.export_saved_model(make_model(), tmp_path / "out" / "1", verify_on=None)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_full_disk_while_writing_warmup_requests_leaves_nothing(
    make_model, tmp_path, monkeypatch
):
    monkeypatch.setattr(saved_model, "write_warmup", tensorflow_out_of_space)
    with pytest.raises(OSError, match=r"Could not write '.*out/1'.*No space left on device\."):
        ktl.export_saved_model(make_model(), tmp_path / "out" / "1", verify_on=None)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_directory_without_permission_is_named(make_model, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(Path, "mkdir", fail)
    with pytest.raises(PermissionError, match=r"out/1': Permission denied"):
        ktl.export_saved_model(make_model(), tmp_path / "out" / "1", verify_on=None)


@pytest.mark.filterwarnings("ignore:.*unproven")
@pytest.mark.parametrize("multi_label", [False, True])
def test_a_bad_picture_costs_its_row(make_model, tmp_path, encoded, multi_label):
    model = make_model(multi_label=multi_label)
    ktl.export_saved_model(model, tmp_path / "1", verify_on=None)
    served = tf.saved_model.load(str(tmp_path / "1"))
    tiff = io.BytesIO()
    Image.new("RGB", (16, 16)).save(tiff, format="TIFF")
    batch = [encoded[0], b"no picture", encoded[1], b"", tiff.getvalue(), encoded[1][:40]]
    answer = served.signatures["serving_default"](image_bytes=tf.constant(batch))
    right = served.signatures["serving_default"](image_bytes=tf.constant(encoded[:2]))
    is_bad = np.array([False, True, False, True, True, True])
    found = answer["probabilities"].numpy()
    assert np.isnan(found[is_bad]).all()
    np.testing.assert_allclose(found[~is_bad], right["probabilities"], atol=1e-6)
    if multi_label:
        assert not answer["selected"].numpy()[is_bad].any()
    else:
        assert set(answer["label"].numpy()[is_bad]) == {b""}
        assert list(answer["label"].numpy()[~is_bad]) == list(right["label"].numpy())
        np.testing.assert_array_equal(np.isnan(answer["score"]), is_bad)


@pytest.mark.slow
def test_a_bad_picture_fails_the_batch_where_that_is_chosen(make_model, tmp_path, files, encoded):
    path = ktl.export_saved_model(make_model(), tmp_path / "1", verify_on=files, bad_images="raise")
    served = tf.saved_model.load(str(path))
    with pytest.raises(tf.errors.InvalidArgumentError):
        served.signatures["serving_default"](image_bytes=tf.constant([encoded[0], b"no picture"]))
    with pytest.raises(ValueError, match="`bad_images` must be one of 'nan', 'raise'"):
        ktl.export_saved_model(make_model(), tmp_path / "2", verify_on=None, bad_images="skip")


def test_the_card_tells_a_client_what_it_needs_and_what_was_proven(exported):
    card = json.loads((exported / "assets.extra" / "model_card.json").read_text())
    assert card["class_names"] == NAMES
    assert card["image_size"] == [16, 16]
    assert card["resize"] == "pad"
    assert card["backbone"] == "noisy"
    assert card["versions"]["tensorflow"] == tf.__version__
    assert card["verification"]["examples"] == 8
    assert card["verification"]["largest_difference"] <= card["verification"]["tolerance"]


def test_an_export_says_that_it_is_unproven(make_model, tmp_path):
    with pytest.warns(UserWarning, match="unproven"):
        ktl.export_saved_model(make_model(), tmp_path / "1", verify_on=None)
    card = json.loads((tmp_path / "1" / "assets.extra" / "model_card.json").read_text())
    assert card["verification"] is None
