from keras_tl.evaluation.reporting import formats


def test_numbers_stand_as_people_read_them():
    assert formats.percent(0.8399) == "84.0%"
    assert formats.percent(None) == formats.decimals(None) == "-"
    assert formats.interval((0.7918, 0.885)) == "79.2% to 88.5%"
    assert [formats.points(x) for x in (0.123, -0.052, 0.0)] == ["+12.3", "\u22125.2", "+0.0"]
    assert [formats.chance(p) for p in (0.0004, 0.0123, 1.0)] == [
        "p < 0.001", "p = 0.012", "p = 1.000",
    ]  # fmt: skip
    assert [formats.rate(x) for x in (7.5e-05, 0.001, None)] == ["7.5e-05", "0.001", "✓"]
