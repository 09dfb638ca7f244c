import sys
import time

import pytest

from keras_tl.foundation.progress import say
from keras_tl.tuning.parallel import (
    environment,
    is_chief,
    is_parallel,
    is_worker,
    silenced,
    watching,
)


@pytest.fixture
def being(monkeypatch):
    def be(name):
        for variable, value in environment(name, 4711).items():
            monkeypatch.setenv(variable, value)

    return be


def test_alone_it_is_neither():
    assert not (is_parallel())
    assert not (is_chief())
    assert not is_worker()


@pytest.mark.parametrize(("name", "chief"), [("chief", True), ("worker1", False)])
def test_chief_and_worker(being, name, chief):
    being(name)
    assert is_parallel()
    assert (is_chief(), is_worker()) == (chief, not chief)


def test_the_chief_listens_on_loopback():
    assert environment("chief", 4711) == {
        "KERASTUNER_TUNER_ID": "chief",
        "KERASTUNER_ORACLE_IP": "127.0.0.1",
        "KERASTUNER_ORACLE_PORT": "4711",
    }


def test_what_is_watched_is_looked_at_until_the_end(monkeypatch):
    monkeypatch.setattr("keras_tl.tuning.parallel._SECONDS", 0.01)
    looks = []
    with watching(lambda: looks.append(1), active=True):
        while len(looks) < 3:
            time.sleep(0.01)
        seen = len(looks)
    assert len(looks) > seen
    with watching(lambda: looks.clear(), active=False):
        pass
    assert looks


def test_only_our_console_is_heard_of_a_chief(being, capsys):
    being("chief")
    with silenced():
        print("noise")
        say("news")
    print("after")
    assert capsys.readouterr().out.splitlines() == ["news", "after"]


def test_alone_all_is_heard(capsys):
    with silenced():
        print("words", file=sys.stdout)
    assert capsys.readouterr().out == "words\n"
