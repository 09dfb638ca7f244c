from keras_tl.serving.versions import next_version, served_version, versions


def test_numbers_are_ordered_as_numbers_and_nothing_else_counts(tmp_path):
    assert versions(tmp_path / "missing") == []
    for name in ("2", "10", "new", ".3f.11", "²"):
        (tmp_path / name).mkdir()
    assert versions(tmp_path) == [2, 10]
    assert next_version(tmp_path) == tmp_path / "11"
    assert next_version(tmp_path / "new") == tmp_path / "new" / "1"


def test_the_largest_number_is_served_unless_an_export_is_named(tmp_path):
    for name in ("9", "10"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "saved_model.pb").touch()
    assert served_version(tmp_path) == tmp_path / "10"
    assert served_version(tmp_path / "9") == tmp_path / "9"
    assert served_version(tmp_path / "none") == tmp_path / "none"
