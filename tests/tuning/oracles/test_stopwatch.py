import pytest

from keras_tl.tuning.oracles import stopwatch
from keras_tl.tuning.oracles.stopwatch import Stopwatch


@pytest.fixture
def now(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(stopwatch, "monotonic", lambda: now[0])
    return now


def test_only_stretches_between_start_and_stop_count(now):
    watch = Stopwatch(5.0)
    now[0] = 200.0
    assert watch.seconds == 5.0
    watch.start()
    now[0] = 203.0
    watch.start()
    assert watch.seconds == 8.0
    watch.stop()
    now[0] = 300.0
    watch.stop()
    assert watch.seconds == 8.0
    watch.start()
    now[0] = 301.0
    assert watch.seconds == 9.0
