import numpy as np
import pytest
from PIL import Image

import keras_tl as ktl
from keras_tl.models.card import background


def test_what_is_transparent_shows_the_background_everywhere(tmp_path):
    red = (255, 0, 0)
    for number in range(12):
        folder = tmp_path / "pictures" / ("ant", "bee")[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        clear = Image.new("RGBA", (16, 16), (0, 0, 0, 0))
        clear.putpixel((number, 0), (9, 9, 9, 255))
        clear.save(folder / f"{number}.png")
    data = ktl.load_data(tmp_path / "pictures", image_size=32, background=red)
    np.testing.assert_array_equal(data.train.images()[:, 20, 20], [red] * data.train.size)
    model = ktl.build_classifier("MobileNetV2", data, weights=None, boundary="stage1")
    assert background(model) == red
    ktl.export_saved_model(model, tmp_path / "export", verify_on=data.train)
    expected = model.predict(data.train.images(), verbose=0)
    found = ktl.predict(model, data.train.names()).probabilities
    np.testing.assert_allclose(found, expected, atol=1e-6)
    white = ktl.load_data(tmp_path / "pictures", image_size=32)
    with pytest.raises(ValueError, match="must have the same background"):
        ktl.fine_tune(model, white, "linear-probe", verbose=0)


def test_mixed_labels_train_and_are_validated_as_they_are(make_folder):
    data = ktl.load_data(make_folder({"cat": 12, "dog": 12}), image_size=32, mix="mixup")
    _, labels = data.train[0]
    np.testing.assert_allclose(labels.sum(axis=1), 1, rtol=1e-6)
    assert ((labels > 0) & (labels < 1)).any()
    model = ktl.build_classifier("MobileNetV2", data, weights=None, boundary="stage2")
    result = ktl.fine_tune(model, data, "linear-probe", epochs=2, verbose=0)
    assert {"accuracy", "val_accuracy"} <= set(result.history[-1])
    metrics = ktl.evaluate(model, data.validation)
    assert result.history[-1]["val_accuracy"] == pytest.approx(metrics.accuracy)
    assert data.settings["mix"] == "mixup"
