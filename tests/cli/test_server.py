import json
import subprocess
from pathlib import Path

from keras_tl.cli.server import ask_command, serve_command
from keras_tl.serving.client import rest_request

README = Path(__file__).parents[2] / "README.md"


def test_the_command_that_serves_is_on_one_line(tmp_path):
    command = serve_command(tmp_path / "export", "flowers")
    assert "\n" not in command
    assert "-p 8500:8500 -p 8501:8501" in command
    assert f'-v "{tmp_path}/export:/models/flowers" -e MODEL_NAME=flowers' in command


def test_the_readme_says_the_same():
    lines = README.read_text(encoding="utf-8").splitlines()
    assert serve_command(Path("$PWD/runs/digits/export"), "digits") in lines
    assert ask_command("digits").replace("PICTURE", "five.png") in lines


def test_a_shell_sends_what_the_client_sends(tmp_path):
    picture, sent = tmp_path / "rose.jpg", tmp_path / "sent"
    picture.write_bytes(bytes(range(256)))
    curl = tmp_path / "curl"
    curl.write_text(f'#!/bin/sh\nprintf %s "$2" > {sent}\nprintf %s "$3"\n')
    curl.chmod(0o755)
    command = ask_command("my flowers").replace("PICTURE", str(picture))
    asked = subprocess.run(
        ["sh", "-c", f'PATH="{tmp_path}:$PATH"; {command}'],
        capture_output=True,
        text=True,
        check=True,
    )
    assert asked.stdout == "http://localhost:8501/v1/models/my%20flowers:predict"
    assert json.loads(sent.read_text())["instances"] == rest_request([picture])["instances"]
