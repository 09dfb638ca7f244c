import os
import subprocess
import sys

import pytest

from keras_tl.cli.quiet import held_stderr


def test_what_is_written_to_the_descriptor_is_held(capfd):
    with held_stderr():
        os.write(2, b"from C\n")
    os.write(2, b"afterwards\n")
    assert capfd.readouterr().err == "afterwards\n"


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3), KeyboardInterrupt()])
def test_what_was_held_is_replayed_if_the_block_fails(capfd, error):
    def fail():
        with held_stderr():
            os.write(2, b"from C\n")
            raise error

    with pytest.raises(type(error)):
        fail()
    os.write(2, b"afterwards\n")
    assert capfd.readouterr().err == "from C\nafterwards\n"


def test_in_a_process_all_of_it_is_replayed_in_order():
    program = (
        "import os, sys\n"
        "from keras_tl.cli.quiet import held_stderr\n"
        "with held_stderr():\n"
        "    os.write(2, b'one '); sys.stderr.write('two '); os.system('echo three >&2')\n"
        "    raise RuntimeError('boom')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    for word in ("one ", "two ", "three\n", "RuntimeError: boom"):
        assert done.stderr.count(word) == 1
    assert done.stderr.index("three") < done.stderr.index("RuntimeError")


def test_nothing_of_the_block_is_lost_into_later_output():
    program = (
        "import os, sys\n"
        "from keras_tl.cli.quiet import held_stderr\n"
        "with held_stderr():\n"
        "    sys.stderr.write('held without an end of line')\n"
        "print('done', file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stderr == "done\n"


def test_no_start_up_line_of_tensorflow_reaches_the_user():
    program = (
        "from keras_tl.cli.quiet import start_keras\n"
        "start_keras()\n"
        "import tensorflow as tf; tf.constant([1.0]) + 1.0\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0
    assert done.stderr == ""
    assert done.stdout == ""


def test_a_failing_import_shows_what_tensorflow_said(tmp_path):
    (tmp_path / "keras.py").write_text(
        "import os; os.write(2, b'cannot load the driver\\n'); raise ImportError('broken keras')"
    )
    program = "from keras_tl.cli.quiet import start_keras; start_keras()"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 1
    assert "cannot load the driver" in done.stderr
    assert "broken keras" in done.stderr
