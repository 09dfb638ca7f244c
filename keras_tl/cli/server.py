"""The shell commands that serve an export with TensorFlow Serving, and that ask it."""

from pathlib import Path

from keras_tl.serving.client import INPUT, rest_url


def serve_command(versions: Path, name: str) -> str:
    """Returns the command that serves a model, over gRPC on port 8500 and REST on 8501.

    Args:
        versions: Directory of the exports, each in a directory that is called by its number.
        name: What the server calls the model.
    """
    return (
        f'docker run -p 8500:8500 -p 8501:8501 -v "{versions}:/models/{name}" '
        f"-e MODEL_NAME={name} tensorflow/serving"
    )


def ask_command(name: str) -> str:
    """Returns the command that asks the server about a picture."""
    body = rf"{{\"instances\": [{{\"{INPUT}\": {{\"b64\": \"$(base64 -w0 PICTURE)\"}}}}]}}"
    return f'curl -d "{body}" {rest_url(name)}'
