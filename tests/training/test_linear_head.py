import numpy as np
from sklearn.preprocessing import StandardScaler

from keras_tl.training.linear_head import LinearHead

GENERATOR = np.random.default_rng(0)
FEATURES = GENERATOR.normal(3.0, [1.0, 5.0, 0.1, 2.0], (30, 4))
HEAD = LinearHead(GENERATOR.normal(size=(4, 3)), GENERATOR.normal(size=3))


def test_logits_are_scaled_and_shifted():
    logits = HEAD.logits(FEATURES)
    np.testing.assert_allclose(HEAD.times(2.5).logits(FEATURES), 2.5 * logits)
    shift = np.array([1.0, 0.0, -2.0])
    np.testing.assert_allclose(HEAD.shifted(shift).logits(FEATURES), logits + shift)


def test_a_head_behind_a_scaler_gives_what_it_gave_for_standardised_features():
    scaler = StandardScaler().fit(FEATURES)
    expected = HEAD.logits(scaler.transform(FEATURES))
    np.testing.assert_allclose(HEAD.behind(scaler).logits(FEATURES), expected)
