import stat
import zipfile

import pytest

from keras_tl.foundation import archives
from keras_tl.foundation.archives import require_harmless


def archive_of(path, name, content=b"x", attributes=0):
    member = zipfile.ZipInfo(name)
    member.external_attr = attributes
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("fine/inside.txt", b"x")
        archive.writestr(member, content, zipfile.ZIP_DEFLATED)
    return path


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/etc/evil", "..\\evil", "C:\\evil", "C:/evil"]
)
def test_what_would_be_written_elsewhere_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match=r"would write outside its own directory: '.*evil'"):
        require_harmless(archive_of(tmp_path / "a.zip", name))


def test_a_link_is_refused(tmp_path):
    path = archive_of(tmp_path / "a.zip", "link", b"/etc", (stat.S_IFLNK | 0o777) << 16)
    with pytest.raises(ValueError, match="outside its own directory: 'link'"):
        require_harmless(path)


@pytest.mark.parametrize("name", ["a/b.txt", "..a/b..", "a b:c", "猫.txt"])
def test_ordinary_names_pass(name, tmp_path):
    require_harmless(archive_of(tmp_path / "a.zip", name))


def test_what_unpacks_to_far_more_than_it_is_is_refused(tmp_path, monkeypatch):
    path = archive_of(tmp_path / "a.zip", "zeros", bytes(1_000_000))
    require_harmless(path)
    monkeypatch.setattr(archives, "ALWAYS_FINE", 999_999)
    assert path.stat().st_size < 2_000
    with pytest.raises(ValueError, match=r"would unpack to 1,000,001 bytes, from 1,\d\d\d\."):
        require_harmless(path)


def test_what_is_no_archive_passes(tmp_path):
    (tmp_path / "model.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    require_harmless(tmp_path / "model.h5")
