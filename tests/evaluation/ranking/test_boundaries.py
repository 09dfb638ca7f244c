"""Which boundaries are meant, by kind or by name."""

import pytest

from keras_tl.evaluation.ranking.boundaries import chosen_boundaries

BLOCKS = ["stage1.block1", "stage1.block2", "stage2.block1"]


@pytest.mark.parametrize(
    ("boundaries", "expected"),
    [
        ("stage", {"stage1": "stage1.block2", "stage2": "stage2.block1"}),
        ("block", {block: block for block in BLOCKS}),
        ("last", {"stage2": "stage2.block1"}),
        ("stage1", {"stage1": "stage1.block2"}),
        (["stage2", "stage1.block1"], {"stage2": BLOCKS[2], "stage1.block1": BLOCKS[0]}),
    ],
)
def test_boundaries_are_named_with_the_block_that_each_ends(boundaries, expected):
    assert chosen_boundaries("mine", BLOCKS, boundaries) == expected


@pytest.mark.parametrize("boundaries", ["stagee1", ["stage1", "stage3"], []])
def test_what_the_backbone_lacks_is_an_error_that_names_what_it_has(boundaries):
    with pytest.raises(ValueError, match=r"stages or blocks of 'mine', which are stage1, stage2"):
        chosen_boundaries("mine", BLOCKS, boundaries)
