import re
import subprocess
import sys

import pytest

COMMANDS = ["train", "evaluate", "predict", "export", "cache", "stages", "backbones", "doctor"]


def test_help_lists_every_command_without_importing_keras_or_tensorflow():
    program = (
        "import sys; sys.argv = ['keras-tl', '--help']\n"
        "from keras_tl.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as end: print('code', end.code)\n"
        "print('heavy', {'keras', 'tensorflow', 'sklearn', 'matplotlib'} & set(sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "code 0" in shown.stdout
    assert "heavy set()" in shown.stdout
    assert shown.stderr == ""
    for name in COMMANDS:
        assert re.search(rf"\b{name}\b", shown.stdout)


def test_the_command_is_installed_and_answers(command):
    done = command("--help")
    assert done.returncode == 0
    assert "from your pictures to a served classifier" in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(cli, name):
    code, text = cli(name, "--help")
    assert code == 0
    assert f"keras-tl {name}" in text


def test_a_mistake_ends_in_one_message_and_not_in_a_traceback(command, tmp_path):
    done = command("train", tmp_path / "nothing", "--out", tmp_path / "run", "--image-size", 32)
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    assert re.search(
        r"^Error: `source` must be a folder.*which does not exist", done.stdout + done.stderr, re.M
    )


def test_an_unknown_command_or_option_is_an_error(cli):
    assert cli("trian")[0] == 2
    assert cli("stages", "MobileNetV2", "--image_size", "32")[0] == 2
