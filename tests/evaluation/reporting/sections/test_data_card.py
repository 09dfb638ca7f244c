from keras_tl.evaluation.reporting.sections.data_card import data_card
from keras_tl.evaluation.reporting.subject import Subject
from keras_tl.training.run_directory import RunDirectory


def card(run, data):
    return data_card(Subject(RunDirectory(run.path), None, data, None))


def test_the_data_of_the_run_are_known_by_their_fingerprint(run, data):
    assert card(run, run.data).is_of_run
    assert not card(run, data).is_of_run


def test_images_are_counted_by_class_and_split(run):
    found = card(run, run.data)
    assert found.images == {name: split.size for name, split in run.data.splits.items()}
    for number, name in enumerate(run.data.class_names):
        expected = {
            part: int((split.labels == number).sum()) for part, split in run.data.splits.items()
        }
        assert found.counts[name] == expected
    assert found.source == run.data.settings["source"]
