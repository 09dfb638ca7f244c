"""What follows from the facts of an audit: one function a kind of finding, the gravest first."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from keras_tl.data.auditing.class_counts import trained_counts
from keras_tl.data.auditing.duplicates import Pair, disagreeing, pairs_of
from keras_tl.data.auditing.finding import NOTED, SET_ASIDE, STOPS, Finding, plural
from keras_tl.data.auditing.near_duplicates import MOST_PAIRS

if TYPE_CHECKING:
    from keras_tl.data.auditing.result import Audit

IMBALANCED_FROM = 10
ALLOW = "or pass `duplicates='allow'` to train on all as they are"

Found = Iterator[Finding]


def findings_of(audit: "Audit") -> list[Finding]:
    """Returns all findings, those that stop a run first."""
    return [*stopping(audit), *_gather(audit, _NOT_STOPPING)]


def stopping(audit: "Audit") -> list[Finding]:
    """Returns the findings that stop a run, or would if duplicates were not allowed."""
    return _gather(audit, _STOPPING)


def _gather(audit: "Audit", kinds: Iterable[Callable[["Audit"], Found]]) -> list[Finding]:
    return [finding for kind in kinds for finding in kind(audit)]


def _nothing_usable(audit: "Audit") -> Found:
    if not len(audit.usable):
        yield Finding(
            "nothing usable",
            STOPS,
            f"None of {plural(len(audit.inspections), 'picture')} can be used",
            (),
            (),
            "The reasons are below, where there are pictures at all.",
        )


def _under_other_labels(audit: "Audit") -> Found:
    labels = [_label(audit, row) for row in range(len(audit.inspections))]
    pairs = disagreeing(audit.duplicates, labels)
    if pairs:
        yield Finding(
            "duplicates under other labels",
            _severity(audit),
            f"{plural(len(pairs), 'picture')} with the content of one under another label",
            ("picture", "label", "the same content", "its label"),
            tuple(
                (audit.names[one], labels[one], audit.names[other], labels[other])
                for one, other in pairs
            ),
            f"Remove the copy under the wrong label, {ALLOW}.",
        )


def _across_parts(audit: "Audit") -> Found:
    parts = audit.examples.parts
    pairs = [] if parts is None else disagreeing(audit.duplicates, parts.tolist())
    if parts is not None and pairs:
        yield Finding(
            "duplicates across parts",
            _severity(audit),
            f"{plural(len(pairs), 'picture')} with the content of one in another part",
            ("picture", "part", "the same content", "its part"),
            tuple(
                (audit.names[one], str(parts[one]), audit.names[other], str(parts[other]))
                for one, other in pairs
            ),
            "What was trained on tells nothing when it is tested on: keep each picture in one "
            f"part, {ALLOW}.",
        )


def _set_aside(audit: "Audit") -> Found:
    if audit.set_aside:
        yield Finding(
            "set aside",
            SET_ASIDE,
            f"{len(audit.set_aside):,} that cannot be used",
            ("name", "why"),
            tuple((item.name, item.reason) for item in audit.set_aside),
            "Nothing on disk was changed, and a run does without them. Repair or replace those "
            "that should count.",
        )


def _duplicates(audit: "Audit") -> Found:
    pairs = pairs_of(audit.duplicates)
    if pairs:
        yield Finding(
            "duplicates",
            NOTED,
            f"{plural(len(pairs), 'picture')} with the content of another",
            ("picture", "the same content"),
            _named(audit, pairs),
            "None is needed: a division of ours keeps them in one part. They count twice.",
        )


def _near_duplicates(audit: "Audit") -> Found:
    pairs = audit.near_duplicates
    if pairs:
        more = "or more " if len(pairs) == MOST_PAIRS else ""
        yield Finding(
            "near duplicates",
            NOTED,
            f"{plural(len(pairs), 'pair')} {more}of pictures that look nearly the same",
            ("picture", "looks like", "differing bits of 64#"),
            tuple((audit.names[p.first], audit.names[p.second], p.bits) for p in pairs),
            "Look at them: `audit.picture('pairs.png')`. Pictures of one origin, such as a burst, "
            "belong in one part.",
        )


def _blanks(audit: "Audit") -> Found:
    if audit.blanks:
        rows = ((audit.names[row], audit.inspections[row].deviation) for row in audit.blanks)
        yield Finding(
            "blank",
            NOTED,
            f"{plural(len(audit.blanks), 'picture')} of a single colour",
            ("picture", "standard deviation of 255#"),
            tuple((name, f"{deviation:.2f}") for name, deviation in rows),
            "Remove those that show nothing of their class.",
        )


def _empty_classes(audit: "Audit") -> Found:
    counts = trained_counts(audit.class_counts)
    missing = [name for name in audit.examples.class_names if not counts.get(name)]
    if missing and len(audit.usable):
        yield Finding(
            "classes without pictures",
            NOTED,
            f"{plural(len(missing), 'class name')} without a picture to learn from",
            ("class",),
            tuple((name,) for name in missing),
            "Add pictures to them, or leave these classes out.",
        )


def _imbalance(audit: "Audit") -> Found:
    if audit.imbalance >= IMBALANCED_FROM:
        counts = trained_counts(audit.class_counts)
        present = sorted((number, name) for name, number in counts.items() if number)
        yield Finding(
            "imbalance",
            NOTED,
            f"The largest class has {audit.imbalance:,.0f} times the pictures of the smallest",
            ("class", "pictures#"),
            tuple((name, number) for number, name in present),
            "See `balance` of `load_data`, and judge by the accuracy of each class.",
        )


_STOPPING = (_nothing_usable, _under_other_labels, _across_parts)
_NOT_STOPPING = (_set_aside, _duplicates, _near_duplicates, _blanks, _empty_classes, _imbalance)


def _severity(audit: "Audit") -> str:
    return NOTED if audit.allows_duplicates else STOPS


def _label(audit: "Audit", row: int) -> str:
    """Returns the class of a picture; of several, all; `-` for none."""
    label, names = audit.examples.labels[row], audit.examples.class_names
    if label.ndim == 0:
        return names[int(label)]
    return ", ".join(name for name, holds in zip(names, label, strict=True) if holds) or "-"


def _named(audit: "Audit", pairs: Iterable[Pair]) -> tuple[tuple[str, str], ...]:
    return tuple((audit.names[one], audit.names[other]) for one, other in pairs)
