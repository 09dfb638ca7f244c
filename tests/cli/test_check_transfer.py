import json


def test_a_check_is_printed_and_written(cli, photos, make_tiny, tmp_path):
    out, backbone = tmp_path / "check", tmp_path / "tiny.keras"
    make_tiny("plain").save(backbone)
    asked = ("--backbone", backbone, "--recipe", "feature-extraction", "--seeds", "2")
    code, text = cli("check-transfer", photos, "--out", out, *asked)
    assert code == 0, text
    written = json.loads((out / "transfer_check.json").read_text())
    assert f"transfer {written['verdict']}" in " ".join(text.split())
    assert (out / "transfer_check.png").stat().st_size > 1000
    assert str(out / "transfer_check.png") in text.replace("\n", "")
    assert written["test_images"] == 6
    code, text = cli("check-transfer", photos, *asked[:-1], "1")
    assert code == 1
    assert "`seeds` must be an integer >= 2" in text
