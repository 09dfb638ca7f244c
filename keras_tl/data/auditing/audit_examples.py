"""The audit of examples that a source gave, before anything is trained on them."""

from keras_tl.data.auditing.audit_cache import AUTO, AuditCacheOption, directory_of
from keras_tl.data.auditing.look import look_at
from keras_tl.data.auditing.result import Audit
from keras_tl.data.examples import Examples
from keras_tl.foundation.checks import one_of


def audit_examples(
    examples: Examples,
    *,
    duplicates: str = "stop",
    audit_cache: AuditCacheOption = AUTO,
    source: str = "pictures",
) -> Audit:
    """Looks at every picture once and says what is wrong, odd or unequal; changes nothing on disk.

    Args:
        examples: Pictures, labels and parts. Pictures in memory are looked at for duplicates and
            blank ones only.
        duplicates: `"stop"` if a content under two labels, or in two parts that the source gave,
            is to stop a run; `"allow"` if it is only to be noted.
        audit_cache: Directory that remembers what was found of files, by path, size and time, so
            that unchanged ones are not read again; `"auto"` for the user's own, None for none.
        source: What is looked at, in words.

    Returns:
        The audit. It raises nothing for what is wrong with the pictures; `require_sound` does.

    Raises:
        ValueError: If `duplicates` is neither of the two.
    """
    one_of("duplicates", duplicates, ("stop", "allow"))
    found = look_at(examples.pictures, directory_of(audit_cache))
    return Audit(source, examples, tuple(found), duplicates == "allow")
