"""An audit on a screen: what there is first, then the first few of each kind of finding."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from keras_tl.data.auditing.finding import Finding, plural
from keras_tl.foundation.file_names import common_beginning, printable
from keras_tl.foundation.tables import as_text, count, table

if TYPE_CHECKING:
    from keras_tl.data.auditing.result import Audit

MOST_ROWS = 10
MOST_PAIRS_IN_ERROR = 5


def report(audit: "Audit") -> str:
    """Returns the audit as text; names are those below the folder that holds all pictures."""
    parts = [_headline(audit), _classes(audit), _facts(audit)]
    root = common_beginning(audit.names)
    parts += [_finding(finding, root) for finding in audit.findings]
    return "\n\n".join(part for part in parts if part)


def error_text(audit: "Audit", findings: Sequence[Finding]) -> str:
    """Returns a message that names the first pairs of findings that stop a run."""
    root = common_beginning(audit.names)
    sentences = [_sentence(finding, root) for finding in findings]
    return f"`source` cannot be used as it is. Received: {printable(audit.source)}\n" + "\n".join(
        sentences
    )


def _headline(audit: "Audit") -> str:
    usable = plural(len(audit.usable), "usable picture")
    classes = f"{count(len(audit.examples.class_names))} classes"
    aside = f", {count(len(audit.set_aside))} set aside" if audit.set_aside else ""
    verdict = ". Something stops a run, see below" if audit.stops else ""
    return f"{printable(audit.source)}: {usable} in {classes}{aside}{verdict}."


def _classes(audit: "Audit") -> str:
    """Returns pictures by class and part, the classes with the fewest first."""
    counts = audit.class_counts
    names = audit.examples.class_names
    ordered = sorted(names, key=lambda name: sum(part[name] for part in counts.values()))
    rows = [(printable(name), *(part[name] for part in counts.values())) for name in ordered]
    return _cut_table(("class", *(f"{part}#" for part in counts)), rows)


def _facts(audit: "Audit") -> str:
    rows = [("formats", ", ".join(f"{count(n)} {kind}" for kind, n in audit.formats.items()))]
    if audit.sizes:
        sizes = (f"{name} {h} x {w}" for name, (h, w) in audit.sizes._asdict().items())
        rows.append(("height x width", ", ".join(sizes)))
    rows.append(("largest class to smallest", f"{audit.imbalance:,.1f} to 1"))
    return as_text(table(("all together", ""), rows)) if len(audit.usable) else ""


def _finding(finding: Finding, root: str) -> str:
    rows = [tuple(_cell(cell, root) for cell in row) for row in finding.rows]
    lines = [f"{finding.severity}: {finding.what}."]
    if rows:
        lines.append(_cut_table(finding.columns, rows))
    return "\n".join([*lines, f"  {finding.way_out}"])


def _sentence(finding: Finding, root: str) -> str:
    rows = [[_cell(cell, root) for cell in row] for row in finding.rows[:MOST_PAIRS_IN_ERROR]]
    pairs = [f"{a} ({b}) = {c} ({d})" for a, b, c, d in rows]
    if more := len(finding.rows) - len(rows):
        pairs.append(f"and {count(more)} more")
    return f"{finding.what}{': ' if pairs else ''}{'; '.join(pairs)}. {finding.way_out}"


def _cut_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    more = len(rows) - MOST_ROWS
    text = as_text(table(columns, rows[:MOST_ROWS]))
    return f"{text}\n  and {count(more)} more" if more > 0 else text


def _cell(cell: str | int, root: str) -> str:
    return printable(str(cell).removeprefix(root))
