import h5py
import keras
import numpy as np
import pytest
from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

from keras_tl.models import backbones
from keras_tl.models.backbones import BACKBONES, load_backbone
from keras_tl.models.weights.glyphs import GLYPHS

IMAGENET_MEAN = [0.485, 0.456, 0.406]
IMAGENET_DEVIATION = [0.229, 0.224, 0.225]

SMALLEST = [
    "ConvNeXtTiny",
    "DenseNet121",
    "EfficientNetB0",
    "EfficientNetV2B0",
    "InceptionResNetV2",
    "InceptionV3",
    "MobileNet",
    "MobileNetV2",
    "MobileNetV3Small",
    "NASNetMobile",
    "ResNet50",
    "ResNet50V2",
    "VGG16",
    "VGG19",
    "Xception",
]


def load(name, size=64, **options):
    return load_backbone(name, image_size=(size, size), **options)


def test_there_is_a_row_for_each_constructor():
    functions = {name for name in dir(keras.applications) if name[0].isupper()}
    assert set(BACKBONES) == functions
    assert len(BACKBONES) == 40


def test_there_is_a_smallest_member_of_each_family_under_test():
    families = {row.family for row in BACKBONES.values()}
    assert {BACKBONES[name].family for name in SMALLEST} == families


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALLEST)
def test_smallest_size_is_keras_own(name):
    row = BACKBONES[name]
    low = row.smallest_size
    assert load(name, low, weights=None).output.shape[-1] > 0
    if row.family != "mobilenet_v3":
        with pytest.raises(ValueError, match="must be at least"):
            row.constructor(include_top=False, weights=None, input_shape=(low - 1, low - 1, 3))


@pytest.mark.parametrize("name", ["VGG16", "ResNet50", "InceptionV3", "Xception"])
def test_too_small_an_image_is_named(name):
    low = BACKBONES[name].smallest_size
    with pytest.raises(ValueError, match=f"at least {low} pixels for {name}"):
        load(name, low - 1, weights=None)


def test_unknown_name_gets_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'MobileNetV2'"):
        load("mobilenetv2", weights=None)


def test_options_are_the_constructors():
    model = load("MobileNetV2", weights=None, options={"alpha": 0.35})
    reference = keras.applications.MobileNetV2(
        include_top=False, weights=None, input_shape=(64, 64, 3), alpha=0.35
    )
    assert model.count_params() == reference.count_params()
    with pytest.raises(ValueError, match=r"Unknown key in `backbone_options`: 'aplha'.*'alpha'"):
        load("MobileNetV2", weights=None, options={"aplha": 0.35})
    with pytest.raises(ValueError, match="Unknown key in `backbone_options`: 'include_top'"):
        load("MobileNetV2", weights=None, options={"include_top": True})


def test_weights_file_is_loaded_at_another_size(tmp_path):
    source = load("MobileNet", weights=None, options={"alpha": 0.25})
    source.save_weights(tmp_path / "own.weights.h5")
    options = {"weights": tmp_path / "own.weights.h5", "options": {"alpha": 0.25}}
    for loaded in (load("MobileNet", **options), load("MobileNet", 96, **options)):
        for a, b in zip(source.weights, loaded.weights, strict=True):
            np.testing.assert_array_equal(a, b)


def test_weights_that_do_not_fit_are_named(tmp_path):
    load("MobileNet", weights=None, options={"alpha": 0.25}).save_weights(tmp_path / "x.weights.h5")
    with pytest.raises(ValueError, match="`weights` does not fit"):
        load("MobileNetV2", weights=tmp_path / "x.weights.h5")
    with pytest.raises(ValueError, match="which is not a file"):
        load("MobileNetV2", weights="imagenett")


def imagenet_like_file(path, monkeypatch):
    """Makes the file that Keras would fetch, in its format, with ImageNet's moments."""
    model = keras.applications.EfficientNetB0(
        include_top=False, weights=None, input_shape=(64, 64, 3)
    )
    norm = next(x for x in model.layers if isinstance(x, keras.layers.Normalization))
    norm.set_weights([np.array(IMAGENET_MEAN), np.square(IMAGENET_DEVIATION), np.array(0)])
    with h5py.File(path, "w") as file:
        save_weights_to_hdf5_group(file, model)
    module = "keras.src.applications.efficientnet.file_utils.get_file"
    monkeypatch.setattr(module, lambda *args, **kwargs: str(path))


def test_local_imagenet_file_gives_the_imagenet_graph(tmp_path, monkeypatch):
    """EfficientNetB* is another graph for `weights="imagenet"` than for a path to the same file."""
    path = tmp_path / "efficientnetb0_notop.h5"
    imagenet_like_file(path, monkeypatch)
    images = np.random.default_rng(0).uniform(0, 255, (2, 64, 64, 3)).astype("float32")
    by_name = load("EfficientNetB0", weights="imagenet")(images, training=False)
    by_path = load("EfficientNetB0", weights=path)(images, training=False)
    np.testing.assert_allclose(by_path, by_name, rtol=1e-4, atol=1e-4)
    plain = keras.applications.EfficientNetB0(
        include_top=False, weights=str(path), input_shape=(64, 64, 3)
    )
    difference = np.abs(np.asarray(plain(images, training=False)) - np.asarray(by_name)).max()
    assert difference > 0.1 * np.abs(by_name).max()


def test_own_file_of_a_graph_without_rescaling_is_left_alone(tmp_path):
    source = load("EfficientNetB0", weights=None)
    source.save_weights(tmp_path / "own.weights.h5")
    loaded = load("EfficientNetB0", weights=tmp_path / "own.weights.h5")
    assert len(loaded.layers) == len(source.layers)


def test_imagenet_weights_that_cannot_be_fetched(monkeypatch, tmp_path):
    def refuse(*args, **kwargs):
        raise Exception("URL fetch failure on https://host/resnet50_notop.h5: None -- no network")

    monkeypatch.setattr("keras.src.applications.resnet.file_utils.get_file", refuse)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    with pytest.raises(ConnectionError) as caught:
        load("ResNet50")
    for hint in ("https://host/resnet50_notop.h5", str(tmp_path), "weights=None", "glyphs"):
        assert hint in str(caught.value)


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5", ["ResNet50"]),
        ("resnet50v2_weights_tf_dim_ordering_tf_kernels_notop.h5", ["ResNet50V2"]),
        ("efficientnetv2-b0_notop.h5", ["EfficientNetV2B0"]),
        ("mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5", ["MobileNetV2"]),
        ("weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5", ["MobileNetV3Small"]),
        ("mobilenet_1_0_224_tf_no_top.h5", ["MobileNet"]),
        ("NASNet-mobile-no-top.h5", ["NASNetMobile"]),
        ("vgg16_weights_tf_dim_ordering_tf_kernels.h5", []),
    ],
)
def test_weights_at_hand_are_seen(monkeypatch, tmp_path, file, names):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / file).touch()
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    found = [row.name for row in BACKBONES.values() if backbones.has_imagenet_weights(row)]
    assert found == names


def test_glyph_weights_are_small_and_loaded():
    assert GLYPHS.path.stat().st_size <= 2_000_000
    loaded = load(GLYPHS.backbone, weights="glyphs")
    fresh = load(GLYPHS.backbone, weights=None, options=GLYPHS.options)
    first = loaded.layers[1].get_weights()[0]
    assert not np.array_equal(first, fresh.layers[1].get_weights()[0])
    assert np.isfinite(first).all()


def test_glyph_weights_with_another_backbone():
    with pytest.raises(ValueError, match=f"belongs to {GLYPHS.backbone}"):
        load("ResNet50", weights="glyphs")


def test_boundary_must_be_a_stage():
    with pytest.raises(ValueError, match="`boundary` must be one of 'stage1'"):
        backbones.end_at(load("MobileNet", weights=None), "stage9")


@pytest.mark.slow
def test_boundary_of_two_tensors_is_refused():
    with pytest.raises(ValueError, match="is a pair"):
        backbones.end_at(load("NASNetMobile", weights=None), "stage2")


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALLEST)
def test_split_of_each_family_is_an_identity(name):
    import keras_tl as ktl

    model = load(name, 96, weights=None)
    images = np.random.default_rng(0).uniform(0, 255, (2, 96, 96, 3)).astype("float32")
    expected = model(images, training=False)
    chain = ktl.chain(model)
    for k in range(1, len(chain)):
        prefix, suffix = chain.split(k)
        joined = suffix(prefix(images, training=False), training=False)
        np.testing.assert_array_equal(joined, expected)


@pytest.mark.zoo
@pytest.mark.parametrize("name", BACKBONES)
def test_every_constructor_is_a_chain(name):
    import keras_tl as ktl

    model = load(name, 96, weights=None)
    for granularity in ("stage", "block"):
        stages = ktl.chain(model, granularity)
        assert len(stages) >= 4
        assert sum(stage.parameters for stage in stages) == model.count_params()


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALLEST)
def test_frozen_is_frozen_and_deterministic_in_each_family(name):
    """A call in training mode, which `fit` makes too: nothing moves, nothing is drawn."""
    import keras_tl as ktl

    model = ktl.build_classifier(name, ["a", "b"], image_size=96, weights=None)
    images = np.random.default_rng(0).uniform(0, 255, (2, 96, 96, 3)).astype("float32")
    frozen = ktl.freeze(model, -1)
    before = [np.array(weight) for weight in model.get_weights()]
    expected, _ = ktl.chain(model).split(-1)
    prefix, _ = ktl.chain(frozen).split(-1)
    np.testing.assert_array_equal(prefix(images, training=True), expected(images, training=False))
    for one, other in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
