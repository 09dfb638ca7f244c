import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from keras_tl.caching import shard_files
from keras_tl.caching.shards import DamagedError, Shards, rows_per_shard

ROWS, BATCH, IN_SHARD = 11, 2, 4
ONE = ((3, 2),)
TWO = ((3, 2), (5,))


def features(shapes=ONE, rows=ROWS):
    generator = np.random.default_rng(0)
    return [generator.normal(size=(rows, *shape)).astype("float32") for shape in shapes]


def opened(path, shapes=ONE, dtype="float32", rows=ROWS, in_shard=IN_SHARD):
    dtypes = (dtype,) * len(shapes)
    return Shards(path, rows=rows, shapes=shapes, dtypes=dtypes, rows_per_shard=in_shard)


def fill(entry, arrays, until=ROWS):
    """Adds what is missing, batch by batch; returns the first rows of the batches computed."""
    computed = []
    for start in range(0, until, BATCH):
        if entry.missing(start, start + BATCH):
            computed.append(start)
            entry.add(start, [array[start : start + BATCH] for array in arrays])
    return computed


def equal(found, expected):
    pairs = zip(found, expected, strict=True)
    return all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in pairs)


def shard_file(path, number):
    (file,) = path.glob(f"{number:05}-*.rows")
    return file


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cache" / "ab12cd34"


@pytest.fixture
def filled(path):
    fill(opened(path), features())
    return path


@pytest.mark.parametrize("shapes", [ONE, TWO, ((),), ((2, 1, 3), (4, 4))])
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_rows_come_back_bitwise_in_any_order_in_another_object(path, shapes, dtype):
    arrays = features(shapes)
    fill(opened(path, shapes, dtype), arrays)
    entry = opened(path, shapes, dtype)
    assert entry.is_complete
    assert entry.missing_bytes == 0
    for rows in (np.arange(ROWS), np.random.default_rng(1).permutation(ROWS), np.array([7, 7, 0])):
        assert equal(entry.read(rows), [array[rows].astype(dtype) for array in arrays])


@pytest.mark.parametrize("in_shard", [1, 2, 3, 4, 11, 100])
def test_shards_and_batches_need_not_end_together(path, in_shard):
    entry = opened(path, in_shard=in_shard)
    assert len(fill(entry, features())) == 6
    assert len(list(path.glob("*.rows"))) == -(-ROWS // in_shard)
    assert equal(entry.read(np.arange(ROWS)), features())


def test_an_interrupted_fill_computes_only_what_is_missing(path):
    assert fill(opened(path), features(), until=7) == [0, 2, 4, 6]
    entry = opened(path)
    assert not entry.is_complete
    assert not entry.missing(0, 8)
    assert entry.missing(7, 9)
    assert entry.missing_bytes == 3 * 6 * 4
    assert fill(entry, features()) == [8, 10]
    assert equal(entry.read(np.arange(ROWS)), features())


def test_half_a_shard_is_not_stored(path):
    fill(opened(path), features(), until=6)
    assert fill(opened(path), features()) == [4, 6, 8, 10]


@pytest.mark.parametrize("damage", ["a byte", "shorter", "longer", "empty", "gone"])
@pytest.mark.parametrize("noticed_by", ["read", "verify"])
@pytest.mark.parametrize("opened_before", [True, False])
def test_damage_is_noticed_and_only_that_shard_is_computed_again(
    filled, damage, noticed_by, opened_before
):
    file = shard_file(filled, 1)
    content = file.read_bytes()
    changed = {
        "a byte": content[:50] + bytes([content[50] ^ 1]) + content[51:],
        "shorter": content[:-1],
        "longer": content + b"1",
        "empty": b"",
    }
    entry = opened(filled)
    assert not opened_before or entry.is_complete
    file.unlink() if damage == "gone" else file.write_bytes(changed[damage])
    if noticed_by == "verify":
        assert entry.verify() == (damage != "gone" or opened_before)
    else:
        with pytest.raises(DamagedError, match=r"00001-|Shard 1 of"):
            entry.read(np.arange(ROWS))
    assert [entry.missing(*rows) for rows in ((0, 4), (4, 8), (8, 11))] == [False, True, False]
    assert fill(entry, features()) == [4, 6]
    assert equal(opened(filled).read(np.arange(ROWS)), features())
    assert entry.verify() == 0
    assert len(list(filled.iterdir())) == 4


def test_rows_of_whole_shards_are_read_beside_a_damaged_one(filled):
    shard_file(filled, 1).write_bytes(bytes(4 * 6 * 4))
    rows = np.array([0, 10, 3, 9])
    assert equal(opened(filled).read(rows), [array[rows] for array in features()])


def test_a_damaged_shard_that_cannot_be_removed_counts_as_missing(filled, monkeypatch):
    file = shard_file(filled, 1)
    file.write_bytes(bytes(file.stat().st_size))
    entry = opened(filled)
    with monkeypatch.context() as patched:
        patched.setattr("keras_tl.caching.shards.discard", lambda _: None)
        with pytest.raises(DamagedError):
            entry.read(np.arange(ROWS))
        assert file.exists()
        assert entry.missing(4, 8)
        assert not entry.missing(0, 4)
    assert fill(entry, features()) == [4, 6]
    assert equal(entry.read(np.arange(ROWS)), features())


def test_too_many_open_files_is_no_damage(filled, monkeypatch):
    def fail(_):
        raise OSError(errno.EMFILE, "Too many open files")

    entry = opened(filled)
    with monkeypatch.context() as patched:
        patched.setattr("keras_tl.caching.shards.check_content", fail)
        with pytest.raises(OSError, match="Too many"):
            entry.read(np.arange(ROWS))
    assert entry.is_complete


def test_a_checksum_is_compared_once_a_process(filled, monkeypatch):
    compared = []
    real = shard_files.check_content
    monkeypatch.setattr(
        "keras_tl.caching.shards.check_content", lambda p: compared.append(p.name[:5]) or real(p)
    )
    entry = opened(filled)
    for _ in range(3):
        entry.read(np.array([0, 9, 1]))
    assert compared == ["00000", "00002"]
    entry.verify()
    entry.read(np.arange(ROWS))
    assert len(compared) == 5


def test_who_wrote_a_shard_compares_no_checksum(path, monkeypatch):
    entry = opened(path)
    fill(entry, features())
    monkeypatch.delattr("keras_tl.caching.shards.check_content")
    assert equal(entry.read(np.arange(ROWS)), features())


def test_a_truncated_shard_is_missing_before_anything_is_read(filled):
    os.truncate(shard_file(filled, 1), 10)
    entry = opened(filled)
    assert not entry.is_complete
    assert entry.missing_bytes == 4 * 6 * 4
    assert fill(entry, features()) == [4, 6]


def test_a_full_disk_leaves_what_was_stored_and_nothing_half(path, monkeypatch):
    real = Path.write_bytes
    left = [2]

    def write_until_full(self, content):
        left[0] -= 1
        if left[0] < 0:
            real(self, bytes(content)[:10])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(self, content)

    entry = opened(path)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", write_until_full)
        with pytest.raises(OSError, match=r"00002-.*No space left.*free space") as caught:
            fill(entry, features())
    assert caught.value.errno == errno.ENOSPC
    assert sorted(file.name[:5] for file in path.iterdir()) == ["00000", "00001", "meta."]
    rows = np.arange(8)
    assert equal(entry.read(rows), [array[rows] for array in features()])
    assert fill(entry, features()) == [8, 10]
    assert equal(entry.read(np.arange(ROWS)), features())


def test_a_read_only_directory_is_an_error_that_names_the_file(path, monkeypatch):
    def fail(*_, **__):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "mkdir", fail)
    with pytest.raises(OSError, match=r"Could not write '.*ab12cd34/.*Read-only"):
        fill(opened(path), features())
    assert not path.exists()


KILLED_WHILE_WRITING_SHARD_2 = """
import os, signal, sys
from pathlib import Path
import numpy as np
from keras_tl.caching.shards import Shards
entry = Shards(Path(sys.argv[1]), rows=11, shapes=((3, 2),), dtypes=("float32",), rows_per_shard=4)
array = np.load(sys.argv[2])
def killed(*_): os.kill(os.getpid(), signal.SIGKILL)
for start in range(0, 11, 2):
    if start == 10: os.fsync = killed
    entry.add(start, [array[start:start + 2]])
"""


def test_kill_9_while_filling_costs_one_shard(path, tmp_path):
    np.save(tmp_path / "array.npy", features()[0])
    program = [sys.executable, "-c", KILLED_WHILE_WRITING_SHARD_2]
    done = subprocess.run([*program, path, tmp_path / "array.npy"])
    assert done.returncode == -signal.SIGKILL
    assert len(list(path.glob(".*"))) == 1
    entry = opened(path)
    assert fill(entry, features()) == [8, 10]
    assert equal(entry.read(np.arange(ROWS)), features())
    assert len(list(path.iterdir())) == 4


def test_an_empty_split_is_complete(path):
    entry = opened(path, TWO, rows=0)
    assert entry.is_complete
    assert not entry.missing(0, 10)
    assert entry.verify() == 0
    entry.add(0, features(TWO, rows=0))
    assert [array.shape for array in entry.read(np.array([], int))] == [(0, 3, 2), (0, 5)]


def test_other_shard_sizes_are_kept_and_other_rows_start_anew(path):
    fill(opened(path), features(), until=4)
    assert fill(opened(path, in_shard=6), features()) == [4, 6, 8, 10]
    assert opened(path, in_shard=5).is_complete
    other = opened(path, TWO)
    assert other.missing(0, 1)
    assert opened(path).is_complete
    fill(other, features(TWO), until=4)
    assert equal(opened(path, TWO).read(np.arange(4)), [a[:4] for a in features(TWO)])
    assert len(list(path.glob("*.rows"))) == 1
    assert opened(path).missing(0, 1)


@pytest.mark.parametrize("meta", ["", "{", "[]", "{}", "of another format"])
def test_without_its_layout_nothing_is_read(filled, meta):
    file = filled / "meta.json"
    another = file.read_text().replace("keras_tl features, 1", "keras_tl features, 0")
    file.write_text(another if meta == "of another format" else meta)
    entry = opened(filled)
    with pytest.raises(DamagedError, match="not stored"):
        entry.read(np.arange(2))
    assert fill(entry, features()) == [0, 2, 4, 6, 8, 10]
    assert equal(entry.read(np.arange(ROWS)), features())


def test_other_files_in_the_directory_stay(path):
    path.mkdir(parents=True)
    (path / "notes.txt").write_text("mine")
    fill(opened(path), features())
    assert (path / "notes.txt").read_text() == "mine"


def test_what_is_stored_already_is_not_written_again(filled):
    fill_all = opened(filled)
    fill_all.add(0, [array + 1 for array in features()])
    assert equal(fill_all.read(np.arange(ROWS)), features())


def test_float16_that_overflows_says_to_use_float32(path):
    arrays = features()
    arrays[0][5] = 7e4
    with pytest.raises(ValueError, match=r"(?s)dtype='float32'.*70000"):
        fill(opened(path, dtype="float16"), arrays)
    arrays[0][5] = np.inf
    entry = opened(path, dtype="float16")
    fill(entry, arrays)
    assert np.isinf(entry.read(np.array([5]))[0]).all()


@pytest.mark.parametrize(
    ("start", "arrays", "message"),
    [
        (0, features(TWO), "`arrays`"),
        (0, [np.zeros((2, 2, 3))], "`arrays`"),
        (2, features(), "`start`.*within 11"),
        (-1, [np.zeros((2, 3, 2))], "`start`.*within 11"),
        (2, [np.zeros((1, 3, 2))], "`start` must follow"),
    ],
)
def test_rows_that_do_not_fit_are_refused(path, start, arrays, message):
    with pytest.raises(ValueError, match=message):
        opened(path).add(start, arrays)
    assert not path.exists()


@pytest.mark.parametrize("rows", [[-1], [ROWS], [0, 99]])
def test_rows_that_are_not_there_are_refused(filled, rows):
    with pytest.raises(ValueError, match="`rows` must be between 0 and 10"):
        opened(filled).read(np.array(rows))


@pytest.mark.parametrize(
    "wrong", [{"dtype": "int32"}, {"rows": -1}, {"in_shard": 0}, {"shapes": ()}]
)
def test_a_layout_that_describes_no_rows_is_refused(path, wrong):
    with pytest.raises(ValueError, match="must"):
        opened(path, **wrong)


def test_a_shard_is_about_8_mb_of_whole_batches():
    for row, batch in ((4 * 1280, 32), (4 * 7 * 7 * 320, 32), (1, 1), (10**5, 10)):
        rows = rows_per_shard(row, batch)
        assert rows % batch == 0
        assert rows * row <= 8e6 < (rows + batch) * row
    assert rows_per_shard(10**8, 32) == 32


def anonymous():
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith("RssAnon")]
    return int(line.split()[1]) * 1000


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_shuffled_reading_takes_no_memory_for_the_whole(path):
    rows, width = 1200, 10_000
    entry = opened(path, ((width,),), rows=rows, in_shard=200)
    for start in range(0, rows, 100):
        entry.add(start, [np.full((100, width), start, "float32")])
    before, most = anonymous(), 0
    for batch in np.random.default_rng(0).permutation(rows).reshape(-1, 20):
        (found,) = entry.read(batch)
        assert (found == batch[:, None] // 100 * 100).all()
        most = max(most, anonymous())
    assert most - before < 0.25 * rows * width * 4
