import re
from pathlib import Path

import pytest

from keras_tl.data.augmenting.choice import AUGMENTATIONS
from keras_tl.data.augmenting.mixing import MIXINGS
from keras_tl.data.balance import BALANCES
from keras_tl.evaluation.advising.rule import WARNING, Rule, heard
from keras_tl.evaluation.advising.rules import COMPARISON, RULES
from keras_tl.evaluation.ranking.transfer_scores import SCORES
from keras_tl.models.heads import POOLINGS
from keras_tl.training.recipes import RECIPES

ROOT = Path(__file__).parents[3]
SINGLE, FEW = {"counts": (1,) * 5}, {"counts": (5,) * 5}
SMALL = {"side": 32, "native_side": 224, "stride": 32}
FAR = {"score": 0.5, "random_score": 0.6}
EXAMPLES = {
    "one image a class": ({**SINGLE, "validation_images": 10}, FEW),
    "one image a class, none held out": (
        {**SINGLE, "validation_images": 0},
        {**SINGLE, "validation_images": 10},
    ),
    "hundreds of validation images": ({"validation_images": 200}, {"validation_images": 199}),
    "few validation images": ({"validation_images": 0}, {"validation_images": 200}),
    "nearest of several": ({"others": (("VGG16", 0.8),)}, {"others": ()}),
    "the only one": ({"others": ()}, {"others": (("VGG16", 0.8),)}),
    "end early": ({"boundary": "stage3", "saved": 0.4}, {}),
    "the whole of it": ({}, {"boundary": "stage3", "saved": 0.4}),
    "known pooling": ({"pooling": "flatten"}, {"pooling": "flatten", "saved": 0.4}),
    "average": ({}, {"pooling": "flatten"}),
    "small images, deep network": (SMALL, {**SMALL, "stride": 16}),
    "another size than learned": ({"side": 128}, {"side": 160}),
    "size as it is": ({"native_side": None}, SMALL),
    "few labels": (FEW, {"counts": (0, 5, 5)}),
    "nothing to keep": (FAR, {**FAR, **FEW}),
    "the head first": ({"score": 0.5, "pixel_score": 0.6}, FAR),
    "few batches": ({}, {"counts": (1000,) * 5}),
    "none for a head in closed form": (FEW, {}),
    "mixing with many images": ({"counts": (4000,) * 5}, {"counts": (3999,) * 5}),
    "light": ({}, FEW),
    "very unequal classes": ({"counts": (10, 100)}, {"counts": (11, 100)}),
    "unequal classes": ({"counts": (30, 100)}, {"counts": (10, 100)}),
    "equal classes": ({"counts": (50, 100)}, {"counts": (30, 100)}),
    "the quoted 92 %": (SMALL, {**SMALL, "side": 96}),
    "pictures hold more": (
        {"side": 64, "picture_side": 400},
        {"side": 224, "picture_side": 400},
    ),
    "far from the source": (FAR, {}),
    "no test split": ({"test_images": 0}, {"test_images": 20}),
    "wide test interval": ({"test_images": 50}, {"test_images": 0}),
    "wide validation interval": ({"validation_images": 20}, {"validation_images": 150}),
    "accuracy misleads": ({"counts": (30, 100)}, {}),
    "a class without training images": ({"counts": (0, 100)}, {}),
    "a single image of a class": ({"counts": (1, 100)}, {"counts": (0, 100)}),
    "BatchNorm": ({}, {"batch_norms": 0}),
    "not at hand": ({"missing": ("VGG16 (its weights are not at hand)",)}, {}),
}
ALLOWED = {
    "by": SCORES,
    "boundaries": ("last",),
    "pooling": POOLINGS,
    "recipe": RECIPES,
    "augment": AUGMENTATIONS,
    "mix": MIXINGS,
    "balance": BALANCES,
}


def spoken(facts):
    return {one.rule: one for one in heard(RULES, facts)}


def test_every_rule_has_its_examples_and_a_name_of_its_own():
    assert sorted(EXAMPLES) == sorted(rule.name for rule in RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_speaks_and_is_silent(rule, make_facts):
    speaks, silent = EXAMPLES[rule.name]
    said = spoken(make_facts(**speaks))[rule.name]
    assert said.about == rule.about
    assert said.says
    assert said.because.endswith(".")
    assert rule.source
    assert rule.name not in spoken(make_facts(**silent))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_a_rule_sets_is_what_the_package_takes(rule, make_facts):
    for name, value in spoken(make_facts(**EXAMPLES[rule.name][0]))[rule.name].sets.items():
        if name in ALLOWED:
            assert value in ALLOWED[name]
        else:
            assert name in ("image_size", "epochs")
            assert value >= 1


@pytest.mark.parametrize("changes", [speaks for speaks, _ in EXAMPLES.values()])
def test_every_setting_is_decided_once_by_one_rule(changes, make_facts):
    about = [one.about for one in heard(RULES, make_facts(**changes)) if one.about != WARNING]
    assert len(about) == len(set(about))
    assert {rule.about for rule in RULES} - {WARNING, "epochs"} <= set(about)


@pytest.mark.parametrize(
    "rule", [r for r in RULES if "benchmarks/" in r.source], ids=lambda rule: rule.name
)
def test_numbers_of_our_own_stand_where_the_rule_says(rule, make_facts):
    """In the README or in the result of the benchmark that the row names."""
    names = re.findall(r"benchmarks/(\w+)\.py", rule.source)
    files = [ROOT / "README.md", *(ROOT / "benchmarks" / "results" / f"{n}.md" for n in names)]
    measured = "".join(path.read_text() for path in files if path.is_file())
    numbers = re.findall(r"\d+\.\d+", rule.speak(make_facts(**EXAMPLES[rule.name][0])).because)
    assert numbers
    assert all(number in measured for number in numbers)


def test_rules_about_the_comparison_need_the_data_alone(make_coloured):
    from keras_tl.evaluation.advising.facts import data_facts

    rows = [rule for rule in RULES if rule.about == COMPARISON]
    (said,) = heard(rows, data_facts(make_coloured(60), None))
    assert said.sets == {"by": "knn"}


def test_of_one_setting_the_first_rule_decides_and_warnings_are_all_heard(make_facts):
    def rule(name, about, holds):
        return Rule(name, about, lambda facts: holds, "so", "Because.", "nobody", {"value": name})

    rules = [rule("a", "x", False), rule("b", "x", True), rule("c", "x", True)]
    warnings = [rule("d", WARNING, True), rule("e", WARNING, True), rule("f", WARNING, False)]
    found = list(heard([*rules, *warnings], make_facts()))
    assert [one.rule for one in found] == ["b", "d", "e"]
    assert found[0].sets == {"value": "b"}
