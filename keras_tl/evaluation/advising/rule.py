"""A rule of advice, and how a table of rules is read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from keras_tl.evaluation.advising.facts import DataFacts

WARNING = "mind"

Text = str | Callable[[Any], str]


@dataclass(frozen=True)
class Rule:
    """A row of the table: when it speaks, what it says, why, and who says so.

    Attributes:
        name: What it is called.
        about: The setting that it is about, or `WARNING`.
        when: Whether the facts make it speak.
        says: The recommendation; text, or a function of the facts.
        because: The reason, in a sentence; likewise.
        source: Where the reason comes from: a paper, or what measured it.
        sets: Values of settings; a function is given the facts.
    """

    name: str
    about: str
    when: Callable[[Any], bool]
    says: Text
    because: Text
    source: str
    sets: Mapping[str, Any] = field(default_factory=dict)

    def speak(self, facts: DataFacts) -> "Spoken":
        """Returns what the rule says of facts that make it speak."""
        says, because = (_resolved(text, facts) for text in (self.says, self.because))
        chosen = {name: _resolved(value, facts) for name, value in self.sets.items()}
        return Spoken(self.name, self.about, says, because, self.source, chosen)


@dataclass(frozen=True)
class Spoken:
    """What a rule said.

    Attributes:
        rule: Name of the rule.
        about: The setting that it is about, or `WARNING`.
        says: The recommendation.
        because: The reason.
        source: Where the reason comes from.
        sets: Values of settings.
    """

    rule: str
    about: str
    says: str
    because: str
    source: str
    sets: Mapping[str, Any]


def heard(rules: Sequence[Rule], facts: DataFacts) -> Iterator[Spoken]:
    """Yields what the rules say, in their order.

    Of the rules about one setting the first that speaks decides, and those after it are silent.
    Every warning that applies is heard.
    """
    decided: set[str] = set()
    for rule in rules:
        if rule.about not in decided and rule.when(facts):
            yield rule.speak(facts)
            decided |= {rule.about} - {WARNING}


def _resolved(value: Any, facts: DataFacts) -> Any:
    return value(facts) if callable(value) else value
