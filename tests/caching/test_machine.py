"""What a machine does in a second is measured once, and kept beside what it is asked for."""

import errno
import json
import os

import pytest

import keras_tl as ktl
from keras_tl.caching import machine
from keras_tl.caching.machine import Machine, measured


@pytest.fixture
def times(monkeypatch):
    """Counts measurements, which it replaces by numbers."""
    counted = []
    monkeypatch.setattr(machine, "_multiply_add_rate", lambda: float(len(counted)) + 100.0)
    monkeypatch.setattr(machine, "_disk_rates", lambda path: counted.append(path) or (3.0, 2.0))
    return counted


def test_rates_are_positive_and_leave_no_trace_but_themselves(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "TRIAL_BYTES", 1 << 20)
    monkeypatch.setattr(machine, "TRIAL_SHAPE", (16, 16, 8))
    found = measured(tmp_path / "features")
    rates = (found.multiply_adds, found.read, found.written)
    assert min(rates) > 0
    assert found.multiply_adds > 1e6
    assert min(found.read, found.written) > 1e5
    assert [path.name for path in (tmp_path / "features").iterdir()] == ["machine.json"]


def test_it_is_measured_once(tmp_path, times):
    first = measured(tmp_path)
    assert first == Machine(101.0, 3.0, 2.0)
    assert measured(tmp_path) == first
    assert times == [tmp_path]
    assert list(json.loads((tmp_path / "machine.json").read_text()).values()) == [
        {"multiply_adds": 101.0, "read": 3.0, "written": 2.0}
    ]


def test_another_directory_may_lie_on_another_disk(tmp_path, times):
    measured(tmp_path / "one")
    measured(tmp_path / "two")
    assert len(times) == 2


@pytest.mark.parametrize("other", ["platform.node", "os.cpu_count", "keras.backend.backend"])
def test_another_machine_is_measured_anew_and_the_first_is_kept(
    tmp_path, times, monkeypatch, other
):
    first = measured(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(f"keras_tl.caching.machine.{other}", lambda: "another")
        assert measured(tmp_path) != first
    assert measured(tmp_path) == first
    assert len(times) == 2


def test_an_interrupted_measurement_leaves_nothing(tmp_path, monkeypatch):
    def interrupt(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        machine._disk_rates(tmp_path)
    assert not list(tmp_path.iterdir())


def test_where_nothing_can_be_kept_rates_are_typical(tmp_path, times, monkeypatch):
    def fail(*_, **__):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    assert ktl.FeatureCache(tmp_path / "one").machine(1) == Machine(101.0, 3.0, 2.0)
    assert ktl.FeatureCache().machine(1) == Machine()
    monkeypatch.setattr("keras_tl.caching.machine.write_json", fail)
    with pytest.raises(OSError, match="Read-only"):
        measured(tmp_path / "two")
    assert ktl.FeatureCache(tmp_path / "two").machine(1) == Machine()
    assert ktl.FeatureCache(tmp_path / "one").machine(1) == Machine(101.0, 3.0, 2.0)
    assert min(Machine().multiply_adds, Machine().read, Machine().written) > 0


@pytest.mark.parametrize("content", ["", "{", "[]", '{"NAME": {"speed": 1.0}}'])
def test_rates_that_cannot_be_read_are_measured_anew(tmp_path, times, content):
    measured(tmp_path)
    (name,) = json.loads((tmp_path / "machine.json").read_text())
    (tmp_path / "machine.json").write_text(content.replace("NAME", name))
    assert ktl.FeatureCache(tmp_path).machine(1) in (Machine(102.0, 3.0, 2.0), Machine())


def test_nothing_is_measured_for_what_fits_in_memory(tmp_path, times):
    cache = ktl.FeatureCache(tmp_path, memory=100)
    assert cache.machine(100) == Machine()
    assert times == []
    assert cache.machine(101) == Machine(101.0, 3.0, 2.0)


def test_work_of_reading_and_writing():
    rates = Machine(multiply_adds=100.0, read=10.0, written=5.0)
    assert rates.work_of_reading(7) == 70
    assert rates.work_of_writing(7) == 140
