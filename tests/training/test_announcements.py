import keras

import keras_tl as ktl
from keras_tl.training.announcements import going_on, table, title
from keras_tl.training.state import Progress

PHASES = ktl.recipe("lp-ft").phases


def test_a_phase_is_announced_by_number_and_name():
    assert title(PHASES, 1) == "Phase 2/2: fine-tuning"


def test_what_trains_in_a_phase_is_shown_with_its_rate(make_tiny):
    lines = [line.split() for line in table(PHASES[0], make_tiny("residual")).splitlines()]
    assert ["stage1", "frozen"] in [line[:2] for line in lines]
    assert "0.001" in next(line for line in lines if line[0] == "head")


def test_a_run_that_goes_on_says_where_and_what_begins_anew():
    progress = Progress([[{"epoch": 0}], [{"epoch": 1}, {"epoch": 2}]], [{}])
    assert going_on(progress, PHASES, ()) == "Going on in phase 2/2 after epoch 2."
    named = going_on(progress, PHASES, [keras.callbacks.TerminateOnNaN()])
    assert named.endswith("Callbacks that begin anew: TerminateOnNaN.")
