import keras_tl as ktl
from keras_tl.evaluation.reporting.sections import model_card as section
from keras_tl.evaluation.reporting.subject import Subject
from keras_tl.training.run_directory import RunDirectory


def test_stages_parameters_and_versions(run, monkeypatch):
    model = ktl.load_classifier(run.path)
    subject = Subject(RunDirectory(run.path), model, run.data, None)
    found = section.model_card(subject)
    assert sum(found.stages.values()) == found.parameters == model.count_params()
    assert list(found.stages) == ktl.chain(model).names
    assert found.image_size == (16, 16)
    assert (found.asked, found.other_now) == ({}, {})
    monkeypatch.setattr(section, "environment", lambda: {**found.environment, "keras": "99.0"})
    assert section.model_card(subject).other_now == {"keras": "99.0"}
