"""What there is to say of a run: every section looked at once, as plain objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keras_tl.evaluation.reporting.contents import CONTENTS, Content
from keras_tl.evaluation.reporting.missing import Missing, Unavailable
from keras_tl.evaluation.reporting.picture import Picture
from keras_tl.evaluation.reporting.subject import Subject
from keras_tl.foundation.plain_data import as_plain
from keras_tl.foundation.progress import track

FORMAT = 1


@dataclass(frozen=True)
class Analysis:
    """What there is to say of a run.

    Attributes:
        name: Name of the run.
        sections: Each section of `CONTENTS` by its name; `Missing` where there is nothing to say.
    """

    name: str
    sections: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Returns all of it as plain data, without pictures."""
        return {"format": FORMAT, "run": self.name, **as_plain(self.sections, without=Picture)}


def analyse(subject: Subject) -> Analysis:
    """Looks at a run.

    Args:
        subject: The run.
    """
    wanted = {
        name: content
        for name, content in CONTENTS.items()
        if content.task in (None, subject.data.multi_label)
    }
    looked = track(wanted.items(), "Looking at the run", len(wanted), show=subject.show)
    found = {name: _section(content, subject) for name, content in looked}
    return Analysis(subject.run.path.resolve().name, found)


def _section(content: Content, subject: Subject) -> Any:
    try:
        return content.look(subject)
    except Unavailable as reason:
        return Missing(str(reason))
