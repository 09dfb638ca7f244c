import numpy as np
from scipy.special import softmax

import keras_tl as ktl


def test_it_is_what_numpy_computes(make_pooled, map_of, enlarge, images):
    model = make_pooled()
    kernel, bias = model.layers[-1].get_weights()
    features = map_of(model, images)
    for explained in range(3):
        found = ktl.explain(model, images, method="score-cam", classes=str(explained), batch_size=2)
        for i, image in enumerate(images):
            scores = []
            for channel in np.moveaxis(features[i], -1, 0):
                mask = enlarge(channel[None], 16)[0]
                spread = np.ptp(mask)
                mask = (mask - mask.min()) / spread if spread else np.zeros_like(mask)
                seen = map_of(model, (image * mask[..., None])[None])
                scores.append((seen.mean(axis=(1, 2)) @ kernel + bias)[0, explained])
            cam = enlarge(np.maximum(features[i] @ softmax(scores), 0)[None], 16)[0]
            np.testing.assert_allclose(found.maps[i] * found.peaks[i], cam, atol=1e-5)
