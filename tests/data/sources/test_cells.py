import csv

import numpy as np
import pytest

from keras_tl.data.sources.cells import from_csv, from_frame, is_frame

ROWS = [["path", "label"], ["a.jpg", "cat"], ["b.jpg", "dog, large"], ["c.jpg", 'a "b"\nc']]


@pytest.fixture
def csv_file(tmp_path):
    def write(content, encoding="utf-8"):
        path = tmp_path / "list.csv"
        is_bytes = isinstance(content, bytes)
        path.write_bytes(content if is_bytes else content.encode(encoding))
        return path

    return write


class Frame:
    """The part of a DataFrame that is used."""

    def __init__(self, columns):
        self.data, self.columns = columns, list(columns)

    def __getitem__(self, name):
        return np.array(self.data[name])

    def __len__(self):
        return len(next(iter(self.data.values())))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_what_the_csv_module_writes_is_read(tmp_path, separator, ending, encoding):
    path = tmp_path / "list.csv"
    with open(path, "w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=separator, lineterminator=ending).writerows(ROWS)
    found = from_csv(path)
    assert list(found.columns) == ROWS[0]
    assert list(zip(*found.columns.values(), strict=True)) == list(map(tuple, ROWS[1:]))


def test_rows_are_called_by_their_last_line_and_empty_ones_are_passed_over(csv_file):
    found = from_csv(csv_file('path,label\n\na.jpg,cat\n , \nb.jpg,"two\nlines"\n\n'))
    assert found.columns == {"path": ["a.jpg", "b.jpg"], "label": ["cat", "two\nlines"]}
    assert found.places == ["line 3", "line 6"]


def test_spaces_around_names_are_taken_off_and_cells_stay(csv_file):
    found = from_csv(csv_file(" path , label\n a.jpg, cat \n"))
    assert found.columns == {"path": [" a.jpg"], "label": [" cat "]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "with 0 lines"),
        (b"\n \n", "with 0 lines"),
        (b"path,label\n\n", "pictures below it.* with 1 lines"),
        (b"path,label\na.jpg,cat\nb.jpg\n", r"2 cells a line.* with 1 in line 3"),
        (b"path,label\na.jpg,cat,dog\n", "with 3 in line 2"),
        (b"path,label,path\na,b,c\n", r"name each column once\. Received: \['path'\]"),
        ("path,label\na.jpg,café\n".encode("latin-1"), "whose line 2 is in another encoding"),
        (b'path,label\na.jpg,"' + b"x" * 200_000 + b'"\n', "line 2 cannot be read: field larger"),
    ],
)
def test_files_that_are_no_table_are_refused(csv_file, content, message):
    with pytest.raises(ValueError, match=message):
        from_csv(csv_file(content))


def test_columns_of_a_frame_are_taken():
    frame = Frame({"path": ["a.jpg", "b.jpg"], 7: [0, 1]})
    assert is_frame(frame)
    found = from_frame(frame)
    assert found.columns == {"path": ["a.jpg", "b.jpg"], "7": [0, 1]}
    assert found.places == ["row 0", "row 1"]


def test_columns_of_a_frame_with_one_name_are_refused():
    with pytest.raises(ValueError, match=r"once\. Received: \['7'\] in the DataFrame"):
        from_frame(Frame({"7": [0], 7: [1]}))


def test_frames_of_pandas_are_frames():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"path": ["a.jpg", None], "label": [1, 2]}, index=[5, 5])
    assert is_frame(frame)
    found = from_frame(frame)
    assert found.columns["label"] == [1, 2]
    assert found.places == ["row 0", "row 1"]


@pytest.mark.parametrize("other", [[], (1, 2), {"path": []}, "list.csv", np.zeros((2, 2))])
def test_other_things_are_no_frames(other):
    assert not is_frame(other)
