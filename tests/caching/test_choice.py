"""What pays: by hand, on an invented network of 100 multiply-adds."""

import dataclasses

import pytest

from keras_tl.caching.choice import Machine, Need, Option, Room, choose
from keras_tl.structure.boundaries import Boundary

# A byte read costs 1 multiply-add, a byte written 2.
MACHINE = Machine(multiply_adds=100.0, read=100.0, written=50.0)
FAST = Machine(1.0, 1e9, 1e9)
SLOW = Machine(100.0, 1.0, 1.0)
PLENTY = Room(10**15, 0)


def option(name, work, size):
    return Option(Boundary(((size,),), size, position=work, tensors=()), name, work, size)


SHALLOW = option("stage3", 60, 10)
DEEP = option("stage4", 80, 40)


def need(epochs=5, options=(SHALLOW, DEEP), train=10, validation=2, total=100, **more):
    return Need(epochs, train, validation, train + validation, total, options, **more)


def chosen(decision):
    return decision.name, decision.storage


def test_the_boundary_that_saves_most():
    """5 epochs of 12 images, 80 multiply-adds each; all work is 5 (12 x 100 + 2 x 10 x 20)."""
    (found,) = choose([need()], PLENTY, MACHINE)
    assert chosen(found) == ("stage4", "memory")
    assert found.saved == 5 * 12 * 80
    assert found.stored_bytes == 12 * 40
    assert found.reason == "features in front of stage4, 480 B in memory, save 60% of the work"


def test_images_that_are_augmented_are_stored_in_each_view():
    (found,) = choose([dataclasses.replace(need(), stored=3 * 10 + 2)], PLENTY, MACHINE)
    assert found.stored_bytes == 32 * 40


def test_memory_comes_before_disk():
    (found,) = choose([need(options=[DEEP])], Room(480, 480), MACHINE)
    assert chosen(found) == ("stage4", "memory")
    (found,) = choose([need(options=[DEEP])], Room(479, 480), MACHINE)
    assert chosen(found) == ("stage4", "disk")
    assert "480 B on disk" in found.reason


def test_reading_and_writing_are_charged_on_disk():
    """Shallow: 3600 - 600 - 2 x 120 = 2760. Deep: 4800 - 2400 - 2 x 480 = 1440."""
    (found,) = choose([need()], Room(0, 10**6), MACHINE)
    assert chosen(found) == ("stage3", "disk")
    assert found.saved == 2760
    (found,) = choose([need(options=[DEEP])], Room(0, 10**6), MACHINE)
    assert found.saved == 1440
    (found,) = choose([need()], Room(0, 10**6), FAST)
    assert chosen(found) == ("stage4", "disk")


def test_less_in_memory_may_be_worth_more_than_much_on_disk():
    (found,) = choose([need()], Room(120, 10**6), MACHINE)
    assert chosen(found) == ("stage3", "memory")
    assert found.saved == 3600


def test_a_disk_that_is_slower_than_the_network_is_not_used():
    (found,) = choose([need()], Room(0, 10**6), SLOW)
    assert found.option is None
    assert found.position == found.work == 0
    assert "for 0% of the work" in found.reason


@pytest.mark.parametrize(
    ("total", "work", "pays"),
    [(4, 1, True), (5, 1, False), (116, 24, False), (100, 26, True)],
    ids=["exactly 5 %", "10 of 260", "4 %", "5.2 %"],
)
def test_less_than_5_percent_is_not_worth_it(total, work, pays):
    """2 epochs of 10 images: all work is 60 total - 40 work; 20 work is saved, 10 work to fill."""
    one = need(2, [option("stage2", work, 1)], validation=0, total=total)
    (found,) = choose([one], PLENTY, MACHINE)
    assert (found.option is not None) == pays


def test_what_is_refused_is_said_with_bytes_and_share():
    one = need(2, [option("stage2", 24, 41 * 10**8)], validation=0, total=116)
    (found,) = choose([one], PLENTY, MACHINE)
    assert found.option is None
    assert found.storage == ""
    assert found.stored_bytes == found.saved == 0
    assert found.reason == "stage2 would need 41.0 GB for 4% of the work of all phases"


def test_one_epoch_saves_nothing():
    (found,) = choose([need(1)], PLENTY, MACHINE)
    assert found.reason == "stage4 would need 480 B for 0% of the work of all phases"


def test_forced_it_is_stored_however_little_it_saves():
    (found,) = choose([need(1)], PLENTY, MACHINE, worth=-float("inf"))
    assert chosen(found) == ("stage4", "memory")
    (found,) = choose([need(1)], Room(0, 10**6), SLOW, worth=-float("inf"))
    assert found.storage == "disk"


def test_the_pass_that_fills_is_charged_once_for_all_phases():
    """Alone each saves 960 and costs 960; together they save 1920 for 960."""
    for forced in choose([need(1), need(1)], PLENTY, MACHINE):
        assert chosen(forced) == ("stage4", "memory")
    for alone in (need(1), need(1)):
        assert choose([alone], PLENTY, MACHINE)[0].option is None


def test_the_pass_that_fills_goes_to_the_deepest_boundary():
    """Of 1600 + 2000 saved 960 + 720, less 960 of one pass; a pass each would cost all of it."""
    found = choose([need(1), need(1, [SHALLOW])], PLENTY, MACHINE)
    assert [decision.name for decision in found] == ["stage4", "stage3"]


def test_phases_with_one_boundary_share_what_is_stored():
    found = choose([need(), need(), need(2)], Room(480, 0), MACHINE)
    assert [chosen(decision) for decision in found] == [("stage4", "memory")] * 3


def test_what_one_phase_takes_the_next_has_not():
    found = choose([need(options=[DEEP]), need(options=[SHALLOW])], Room(599, 120), MACHINE)
    assert [chosen(decision) for decision in found] == [("stage4", "memory"), ("stage3", "disk")]
    found = choose([need(options=[DEEP]), need(options=[SHALLOW])], Room(600, 120), MACHINE)
    assert [chosen(decision) for decision in found] == [("stage4", "memory"), ("stage3", "memory")]
    found = choose([need(options=[DEEP]), need(options=[SHALLOW])], Room(599, 119), MACHINE)
    assert [chosen(decision) for decision in found] == [("stage4", "memory"), ("", "")]
    assert found[1].reason == (
        "stage3 would need 120 B, and there is room for 119 B in memory and 119 B on disk"
    )


def test_the_disk_is_used_up_too():
    needs = [need(options=[DEEP]), need(options=[SHALLOW])]
    found = choose(needs, Room(0, 599), FAST)
    assert [chosen(decision) for decision in found] == [("stage4", "disk"), ("", "")]
    found = choose(needs, Room(0, 600), FAST)
    assert [chosen(decision) for decision in found] == [("stage4", "disk"), ("stage3", "disk")]


def test_without_room_the_smallest_is_named():
    (found,) = choose([need()], Room(100, 30), MACHINE)
    assert found.option is None
    assert found.reason == (
        "stage3 would need 120 B, and there is room for 100 B in memory and 30 B on disk"
    )


def test_nothing_to_begin_at_is_said():
    first, second = choose([need(options=[]), need()], PLENTY, MACHINE)
    assert first.option is None
    assert first.reason == "nothing before the first trained layer to store"
    assert chosen(second) == ("stage4", "memory")
    (found,) = choose([need(options=[], obstacle="new images")], PLENTY, MACHINE)
    assert found.reason == "new images"


def test_the_reason_of_each_phase_is_its_own_where_nothing_pays():
    first, second = choose([need(1, options=[]), need(1)], PLENTY, MACHINE)
    assert first.reason == "nothing before the first trained layer to store"
    assert "would need 480 B" in second.reason


def stored(one, where):
    return dataclasses.replace(one, stored_in=where)


def test_what_is_stored_already_costs_no_pass():
    """One epoch saves 960 for a pass of 960; with the features there it saves 960 of 1600."""
    (found,) = choose([need(1, [stored(DEEP, "disk")])], Room(0, 0), FAST)
    assert chosen(found) == ("stage4", "disk")
    assert found.saved == pytest.approx(960, abs=1)


def test_what_is_stored_takes_no_more_room():
    needs = [need(options=[stored(DEEP, "memory")]), need(options=[SHALLOW])]
    found = choose(needs, Room(120, 0), MACHINE)
    assert [chosen(decision) for decision in found] == [("stage4", "memory"), ("stage3", "memory")]


def test_a_shallower_boundary_that_is_stored_may_beat_a_deeper_one_that_is_not():
    """Of 2 epochs: 2 x 12 x 60 without a pass, against 2 x 12 x 80 and a pass of 12 x 80."""
    (found,) = choose([need(2, [stored(SHALLOW, "memory"), DEEP])], PLENTY, MACHINE)
    assert found.name == "stage3"
    (found,) = choose([need(9, [stored(SHALLOW, "memory"), DEEP])], PLENTY, MACHINE)
    assert found.name == "stage4"


def test_a_model_without_multiply_adds_is_run_as_it_is():
    free = option("stage2", 0, 10)
    (found,) = choose([need(options=[free], total=0)], PLENTY, MACHINE)
    assert found.option is None
