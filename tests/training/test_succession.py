import keras_tl as ktl
from keras_tl.training.succession import Succession

HEAD = ktl.Plan.freeze_to(-1)


def phases(*optimizers, **options):
    first, *others = [ktl.Phase("phase", HEAD, 3, optimizer=name, **options) for name in optimizers]
    return (first, *others, ktl.Phase("all", optimizer=optimizers[-1]))


def ages(model, phases, epochs, number):
    histories = [[{}] * rows for rows in epochs]
    head = ktl.chain(model)[-1].layers[1].weights
    inner = ktl.chain(model)[1].layers[0].weights
    return Succession(phases, model, 3).ages(number, [*head, *inner], histories)


def test_who_goes_on_has_an_age_and_who_joins_has_none(model):
    assert ages(model, phases("adam", "adam"), [3, 2], 1) == [9, 9, 0]
    assert ages(model, phases("adam", "adam"), [3, 2], 2) == [15, 15, 0]


def test_another_optimizer_begins_anew(model):
    assert ages(model, phases("adam", "sgd"), [3, 2], 1) == [0, 0, 0]
    assert ages(model, phases("adam", "sgd"), [3, 2], 2) == [6, 6, 0]


def test_accumulated_gradients_are_one_step(model):
    options = {"optimizer_options": {"gradient_accumulation_steps": 2}}
    assert ages(model, phases("adam", **options), [3], 1) == [4, 4, 0]


def test_the_first_phase_has_no_past(model):
    assert ages(model, phases("adam"), [], 0) == [0, 0, 0]
