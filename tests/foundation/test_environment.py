import platform

from keras_tl.foundation import environment as module
from keras_tl.foundation.environment import environment


def test_versions_of_python_and_of_what_is_installed(monkeypatch):
    monkeypatch.setattr(module, "_LIBRARIES", ("numpy", "no-such-library"))
    found = environment()
    assert found["python"] == platform.python_version()
    assert found["numpy"][0].isdigit()
    assert found["no-such-library"] == "not installed"
