import numpy as np
import pytest

from keras_tl.serving.proving.measure import bytes_of, measurement

SECONDS = {
    "cold_start": np.array(1.5),
    "1": np.array([0.02] * 19 + [0.1]),
    "8": np.array([0.3, 0.1, 0.1]),
    "32": np.array([0.4]),
}


def test_seconds_are_summed_up(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(bytes(1234))
    found = measurement(tmp_path, SECONDS)
    assert found.bytes == 1234
    assert found.cold_start == 1.5
    assert found.latency == 0.02
    assert found.latency_p95 == pytest.approx(np.percentile(SECONDS["1"], 95))
    assert found.throughput == pytest.approx({1: 50, 8: 80, 32: 80})


def test_it_reads_as_rows_and_as_plain_data(tmp_path):
    found = measurement(tmp_path, SECONDS)
    assert dict(found.rows())["latency, one image"] == "20.0 ms"
    assert dict(found.rows())["throughput, batch of 8"] == "80.0 images/s"
    assert found.to_dict()["throughput"] == pytest.approx({"1": 50, "8": 80, "32": 80})


def test_a_file_has_its_own_size(tmp_path):
    (tmp_path / "model.onnx").write_bytes(bytes(77))
    assert bytes_of(tmp_path / "model.onnx") == 77
