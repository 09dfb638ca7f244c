import numpy as np
import pytest
from PIL import Image

from keras_tl.data.augmenting.mixing import Mixing
from keras_tl.data.augmenting.strengths import Augmentation
from keras_tl.data.contact_sheet import contact_sheet
from keras_tl.data.pictures import ArrayPictures
from keras_tl.data.split import Split


@pytest.fixture
def make_split():
    """Forty pictures, most of them of one class."""

    def make(labels=None, names=("cat", "dog", "newt"), **options):
        images = np.random.default_rng(0).integers(0, 256, (40, 12, 10, 3)).astype("float32")
        labels = np.repeat([0, 1, 2], (34, 3, 3)) if labels is None else labels
        return Split(
            ArrayPictures(images, (12, 10), "crop"),
            np.arange(40),
            labels,
            names,
            batch_size=8,
            seed=1,
            **options,
        )

    return make


def cells(figure, rows):
    """The axes of a sheet, `(rows, columns)`."""
    return np.array(figure.axes).reshape(rows, -1)


def image_of(axes):
    (image,) = axes.images
    return np.asarray(image.get_array())


def test_rows_are_pictures_drawn_over_the_classes_each_under_its_name(make_split):
    figure = contact_sheet(make_split(), pictures=6, epochs=2)
    names = [axes.get_title() for axes in cells(figure, 6)[:, 0]]
    assert names == ["cat", "cat", "dog", "dog", "newt", "newt"]
    other = contact_sheet(make_split(), pictures=6, epochs=2, seed=1)
    assert any(
        (image_of(a) != image_of(b)).any() for a, b in zip(figure.axes, other.axes, strict=True)
    )


def test_the_first_column_is_plain_and_the_others_are_what_epochs_read(make_split):
    split = make_split(augment=Augmentation("strong", seed=3))
    found = cells(contact_sheet(split, pictures=3, epochs=2), 3)
    plain = split.images()
    for row in found:
        (number,) = np.flatnonzero((plain == image_of(row[0])).all(axis=(1, 2, 3)))
        for view in (1, 2):
            expected = np.rint(split.read([number], view)[0])
            np.testing.assert_array_equal(image_of(row[view]), expected)
    assert [axes.get_xlabel() for axes in found[-1]] == ["as it is", "epoch 1", "epoch 2"]


def test_views_begin_with_the_plain_picture(make_split):
    split = make_split(augment=Augmentation("light")).with_views(2)
    for row in cells(contact_sheet(split, pictures=2, epochs=3), 2):
        plain, first, second, third = map(image_of, row)
        np.testing.assert_array_equal(first, plain)
        np.testing.assert_array_equal(third, plain)
        assert (second != plain).any()


def test_mixed_pictures_say_their_shares(make_split):
    split = make_split(mixing=Mixing("cutmix"))
    found = cells(contact_sheet(split, pictures=3, epochs=4), 3)
    titles = [axes.get_title() for axes in found[:, 1:].flat]
    assert all(titles)
    assert sum("%" in title for title in titles) > 6
    for title in titles:
        shares = [float(line.split()[-1][:-1]) for line in title.split("\n") if "%" in line]
        assert not shares or 98 <= sum(shares) <= 102


def test_several_labels_are_all_named(make_split):
    labels = np.zeros((40, 5), "float32")
    labels[:20, :2] = labels[20:] = 1
    figure = contact_sheet(make_split(labels, "abcde"), pictures=2, epochs=1)
    names = sorted(axes.get_title() for axes in cells(figure, 2)[:, 0])
    assert names == ["a\nb", "a\nb\nc\n…"]


def test_it_is_written_as_png_with_what_it_shows_in_words(make_split, tmp_path):
    split = make_split(augment=Augmentation("light"), mixing=Mixing("mixup"))
    figure = contact_sheet(split, pictures=3, epochs=2, path=tmp_path / "new" / "sheet.png")
    with Image.open(tmp_path / "new" / "sheet.png") as image:
        assert image.format == "PNG"
        assert image.height > image.width * 0.8
        assert image.text["Description"] == figure.get_label()
    for said in ("3 training pictures", "cat, dog, newt", "epochs 1 to 2", "light", "mixup"):
        assert said in figure.get_label()
    assert "unchanged" in contact_sheet(make_split(), pictures=1, epochs=1).get_label()


def test_names_in_any_script_are_written(make_split, tmp_path):
    names = ["a $very$ long " + "name" * 9, "猫", "new\nline \U0001f98e"]
    figure = contact_sheet(make_split(names=names), pictures=3, epochs=1, path=tmp_path / "a.png")
    titles = [axes.get_title() for axes in cells(figure, 3)[:, 0]]
    assert titles == [r"a \$very\$ long namenam…", "猫", "new line \U0001f98e"]
    assert (tmp_path / "a.png").stat().st_size > 1000


def test_more_rows_than_pictures_are_all_pictures(make_split):
    assert len(contact_sheet(make_split(), pictures=50, epochs=1).axes) == 80


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pictures": 0}, "`pictures` must be an integer >= 1"),
        ({"epochs": 0}, "`epochs` must be an integer >= 1"),
        ({"path": "sheet.jpg"}, "suffix of `path`.*'.png'"),
    ],
)
def test_arguments_that_cannot_be_are_named(make_split, options, message):
    with pytest.raises(ValueError, match=message):
        contact_sheet(make_split(), **options)


def test_an_empty_split_is_named(make_split):
    split = make_split()
    empty = Split(split.pictures, [], split.labels[:0], ["a"], batch_size=2)
    with pytest.raises(ValueError, match="`split` must have images"):
        contact_sheet(empty)
