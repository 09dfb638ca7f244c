from sklearn.metrics import average_precision_score, precision_recall_fscore_support

from keras_tl.evaluation.reporting.sections.class_scores import class_scores


def test_classes_come_by_rising_f1_with_the_scores_of_scikit_learn(make_subject, noisy):
    labels, found = noisy
    classes = class_scores(make_subject(labels, found)).classes
    assert [one.f1 for one in classes] == sorted(one.f1 for one in classes)
    expected = precision_recall_fscore_support(labels, found.argmax(axis=1))
    for one in classes:
        number = ["ant", "bee", "cat"].index(one.name)
        assert (one.precision, one.recall, one.f1, one.support) == tuple(
            column[number] for column in expected
        )
        assert one.average_precision == average_precision_score(
            labels == number, found[:, number].astype("float32")
        )
