import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_wheel_works_from_another_folder(tmp_path):
    """Built, unpacked and used where the repository cannot be imported."""
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", str(ROOT)]
    subprocess.run([*build, "--wheel-dir", str(tmp_path)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    install = [sys.executable, "-m", "pip", "install", "--no-deps", "--quiet", str(wheel)]
    subprocess.run([*install, "--target", str(tmp_path / "site")], check=True)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); import keras_tl as ktl; "
        "model = ktl.build_classifier('MobileNetV2', ['a', 'b'], weights='glyphs', image_size=64); "
        "print(ktl.__file__, ktl.chain(model).names[-1])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    where, last = done.stdout.split()
    assert where.startswith(str(tmp_path))
    assert last == "head"
