"""The rules of advice, as a table: of the rows about one setting the first that speaks decides.

Rows about `COMPARISON` look at the data alone, and say how backbones are compared; all others also
look at the one that was chosen. Numbers in reasons are from the place that the row names.
"""

from keras_tl.evaluation.advising.rule import WARNING, Rule

COMPARISON = "compared by"
BACKBONE, BOUNDARY, POOLING = "backbone", "boundary", "pooling"
IMAGE_SIZE, RECIPE, EPOCHS = "image size", "recipe", "epochs"
AUGMENTATION, BALANCE = "augmentation", "balance"

HUNDREDS = 200
LARGE = 20_000
UNEQUAL, VERY_UNEQUAL = 3.0, 10.0
WIDE_TEST, WIDE_VALIDATION = 0.05, 0.1
ANOTHER_SIZE = 1.5

RULES: tuple[Rule, ...] = (
    Rule(
        "one image a class",
        COMPARISON,
        lambda f: f.most == 1 and f.validation_images > 0,
        "a linear probe on the validation images",
        "No class has a second training image, so that no image has a neighbour of its own class.",
        "keras_tl.rank_backbones",
        {"by": "linear_probe"},
    ),
    Rule(
        "one image a class, none held out",
        COMPARISON,
        lambda f: f.most == 1,
        "LogME, at the last boundary of each",
        "One image a class and none for validation say how features spread, and hardly more.",
        "You et al., 2021, arXiv:2102.11005",
        {"by": "logme", "boundaries": "last"},
    ),
    Rule(
        "hundreds of validation images",
        COMPARISON,
        lambda f: f.validation_images >= HUNDREDS,
        "a linear probe on the validation images",
        "With hundreds of them a probe orders boundaries best: a weighted Kendall tau of 0.86 "
        "against 0.84 of kNN.",
        "benchmarks/rank_backbones.py",
        {"by": "linear_probe"},
    ),
    Rule(
        "few validation images",
        COMPARISON,
        lambda f: True,
        "kNN among the training images",
        "With few validation images kNN orders boundaries better than a probe: a weighted Kendall "
        "tau of 0.84 against 0.77.",
        "benchmarks/rank_backbones.py",
        {"by": "knn"},
    ),
    Rule(
        "nearest of several",
        BACKBONE,
        lambda f: bool(f.others),
        lambda f: f"{f.backbone}, weights={f.weights!r}",
        lambda f: (
            f"Its features suit the labels best: {f.title} {f.shown(f.score)}, against "
            + ", ".join(f"{f.shown(score)} of {name}" for name, score in f.others[:3])
            + "."
        ),
        "measured on these data",
    ),
    Rule(
        "the only one",
        BACKBONE,
        lambda f: True,
        lambda f: f"{f.backbone}, weights={f.weights!r}",
        lambda f: f"It is the only candidate at hand: {f.title} {f.shown(f.score)}.",
        "measured on these data",
    ),
    Rule(
        "end early",
        BOUNDARY,
        lambda f: f.saved > 0.0,
        lambda f: f"end at {f.boundary}",
        lambda f: (
            f"There it has {f.title} {f.shown(f.score)}, "
            + (f"at its own end {f.shown(f.last_score)}, " if f.last_score is not None else "")
            + f"and {f.saved:.0%} less work; what is equal within a point goes to the cheaper."
        ),
        "measured on these data; Yosinski et al., 2014, arXiv:1411.1792",
    ),
    Rule(
        "the whole of it",
        BOUNDARY,
        lambda f: True,
        "all of it",
        lambda f: f"No earlier boundary comes within a point of {f.title} {f.shown(f.score)}.",
        "measured on these data",
    ),
    Rule(
        "known pooling",
        POOLING,
        lambda f: f.pooling is not None and f.saved == 0.0,
        lambda f: f.pooling,
        "At 5 labels a class a probe on the digits has 94.6 % on its flattened map, and 93.1 % on "
        "the average.",
        "benchmarks/digits_transfer.py, benchmarks/rank_backbones.py",
        {"pooling": lambda f: f.pooling},
    ),
    Rule(
        "average",
        POOLING,
        lambda f: True,
        "avg",
        "Most ImageNet backbones were trained under it, and it makes the fewest features.",
        "Kornblith et al., 2019, arXiv:1805.08974",
        {"pooling": "avg"},
    ),
    Rule(
        "small images, deep network",
        IMAGE_SIZE,
        lambda f: f.is_small,
        lambda f: f"{f.native_side} px, or 128 where that is too slow",
        lambda f: (
            f"{f.side} px leave {max(f.side // f.stride, 1)} by {max(f.side // f.stride, 1)} "
            "places of the last map. Frozen ResNet50 on CIFAR-10 has 66 % at 32 px and 90 % at 224."
        ),
        "logs of two public notebooks; Kolesnikov et al., 2020, arXiv:1912.11370",
        {"image_size": lambda f: f.native_side},
    ),
    Rule(
        "another size than learned",
        IMAGE_SIZE,
        lambda f: (
            f.native_side is not None
            and not 1 / ANOTHER_SIZE < f.side / f.native_side < ANOTHER_SIZE
        ),
        lambda f: f"{f.native_side} px",
        lambda f: (
            f"The weights were learned at {f.native_side} px, and the images have {f.side}. The "
            "digits at 5 labels a class: 93.1 % at the size of learning, 80.2 % at half of it, "
            "68.1 % at twice."
        ),
        "benchmarks/rank_backbones.py",
        {"image_size": lambda f: f.native_side},
    ),
    Rule(
        "size as it is",
        IMAGE_SIZE,
        lambda f: True,
        lambda f: f"{f.side} px, as it is",
        lambda f: (
            f"The weights were learned at {f.native_side} px."
            if f.native_side
            else "At which size the weights were learned is not known."
        ),
        "Touvron et al., 2019, arXiv:1906.06423",
        {"image_size": lambda f: f.side},
    ),
    Rule(
        "few labels",
        RECIPE,
        lambda f: f.is_few,
        "feature-extraction: the head alone, in closed form",
        lambda f: (
            f"With {f.per_class:g} images a class fine-tuning gains nothing: on the digits a probe "
            "has 83.5, 89.5 and 94.6 % at 1, 2 and 5 labels a class, LP-FT 82.2, 88.3 and 94.5 %."
        ),
        "benchmarks/digits_transfer.py",
        {"recipe": "feature-extraction"},
    ),
    Rule(
        "nothing to keep",
        RECIPE,
        lambda f: f.is_as_random,
        "full: everything at once",
        "The features are no better than random ones, so that there is nothing that a frozen phase "
        "would keep.",
        "measured on these data; Raghu et al., 2019, arXiv:1902.07208",
        {"recipe": "full"},
    ),
    Rule(
        "the head first",
        RECIPE,
        lambda f: True,
        "lp-ft: the head, then everything from there",
        "A head that is not yet trained distorts good features as soon as they train with it.",
        "Kumar et al., 2022, arXiv:2202.10054",
        {"recipe": "lp-ft"},
    ),
    Rule(
        "few batches",
        EPOCHS,
        lambda f: not f.is_few and f.epochs > 15,
        lambda f: f"{f.epochs} a phase, fewer if validation loss stops falling",
        lambda f: (
            f"{f.train_images} images in batches of {f.batch_size} need that many for about 500 "
            "steps."
        ),
        "Kolesnikov et al., 2020, arXiv:1912.11370, take 500 steps below 20,000 images",
        {"epochs": lambda f: f.epochs},
    ),
    Rule(
        "none for a head in closed form",
        AUGMENTATION,
        lambda f: f.is_few,
        "none",
        "The head is solved for on features that are computed once.",
        "Kornblith et al., 2019, arXiv:1805.08974",
        {"augment": "none"},
    ),
    Rule(
        "mixing with many images",
        AUGMENTATION,
        lambda f: f.train_images >= LARGE,
        "light, and mixup; pass flip=False where a mirrored picture means something else",
        lambda f: f"From 20,000 images on mixup helps, and there are {f.train_images:,}.",
        "Kolesnikov et al., 2020, arXiv:1912.11370",
        {"augment": "light", "mix": "mixup"},
    ),
    Rule(
        "light",
        AUGMENTATION,
        lambda f: True,
        "light; pass flip=False where a mirrored picture means something else, as with text",
        "Shifts, flips and small changes of colour cost little and seldom harm; with few images "
        "stronger ones can.",
        "Cubuk et al., 2019, arXiv:1909.13719",
        {"augment": "light"},
    ),
    Rule(
        "very unequal classes",
        BALANCE,
        lambda f: f.imbalance >= VERY_UNEQUAL,
        "logit-adjustment",
        lambda f: (
            f"The largest class has {f.imbalance:.0f} times as many images as the smallest; "
            "shifting logits by the classes' shares is consistent for the mean over classes, "
            "weights of the loss are not."
        ),
        "Menon et al., 2021, arXiv:2007.07314",
        {"balance": "logit-adjustment"},
    ),
    Rule(
        "unequal classes",
        BALANCE,
        lambda f: f.imbalance >= UNEQUAL,
        "weights",
        lambda f: f"The largest class has {f.imbalance:.1f} times as many images as the smallest.",
        "Cui et al., 2019, arXiv:1901.05555",
        {"balance": "weights"},
    ),
    Rule(
        "equal classes",
        BALANCE,
        lambda f: True,
        "none",
        lambda f: f"The largest class has {f.imbalance:.1f} times as many images as the smallest.",
        "counted",
    ),
    Rule(
        "the quoted 92 %",
        WARNING,
        lambda f: f.is_small,
        lambda f: f"Do not freeze a deep network at {f.side} px.",
        "The 92 % that are quoted of frozen ResNet50 on CIFAR-10 at 32 px stand in no log: its own "
        "notebook shows 66 %, and 69 % after fine-tuning.",
        "github.com/hgabrali, notebook of CIFAR-10 with ResNet50",
    ),
    Rule(
        "pictures hold more",
        WARNING,
        lambda f: f.picture_side is not None and f.side < min(f.picture_side, f.native_side or 0),
        lambda f: f"The pictures hold more than is loaded: {f.picture_side} px, of which {f.side}.",
        lambda f: f"The weights were learned at {f.native_side} px and would see more at that.",
        "Touvron et al., 2019, arXiv:1906.06423",
    ),
    Rule(
        "far from the source",
        WARNING,
        lambda f: f.is_far,
        "Transfer may be worth nothing here: run `check_transfer`.",
        lambda f: (
            f"{f.title} {f.shown(f.score)}, but {f.shown(f.random_score)} of the same network with "
            f"random weights and {f.shown(f.pixel_score)} of the pixels themselves."
        ),
        "measured on these data; Wang et al., 2018, arXiv:1811.09751",
    ),
    Rule(
        "no test split",
        WARNING,
        lambda f: f.test_images == 0,
        "Nothing is left to score the model on: load the data with `test=0.15`, say.",
        "What a model was trained or chosen on does not tell what it is worth.",
        "Cawley and Talbot, 2010, jmlr.org/papers/v11/cawley10a.html",
    ),
    Rule(
        "wide test interval",
        WARNING,
        lambda f: f.test_images > 0 and f.test_reach > WIDE_TEST,
        lambda f: (
            f"{f.test_images} test images will leave the accuracy open by ±{f.test_reach:.0%}: "
            "take more, or the mean over `data.folds(5)`."
        ),
        lambda f: (
            f"At {f.expected:.0%} the binomial interval is that wide; ±2 % takes "
            f"{f.enough_test_images:,} images."
        ),
        "Clopper and Pearson, 1934",
    ),
    Rule(
        "wide validation interval",
        WARNING,
        lambda f: f.validation_images > 0 and f.validation_reach > WIDE_VALIDATION,
        lambda f: (
            f"{f.validation_images} validation images choose mostly by chance: change nothing for "
            f"differences below ±{f.validation_reach:.0%}."
        ),
        "Epochs, rates and backbones that are chosen on them look better than they are.",
        "Cawley and Talbot, 2010, jmlr.org/papers/v11/cawley10a.html",
    ),
    Rule(
        "accuracy misleads",
        WARNING,
        lambda f: f.imbalance >= UNEQUAL,
        "Look at macro F1 and the classes, not at accuracy.",
        lambda f: f"Whoever always says the most frequent class is right in {f.majority:.0%}.",
        "counted",
    ),
    Rule(
        "a class without training images",
        WARNING,
        lambda f: f.fewest == 0,
        "Find training images for every class, or leave the class out.",
        lambda f: f"{f.counts.count(0)} of {f.classes} classes have none and are never predicted.",
        "counted",
    ),
    Rule(
        "a single image of a class",
        WARNING,
        lambda f: f.fewest == 1,
        "Add a second image of every class before you trust any score.",
        lambda f: (
            f"{f.counts.count(1)} of {f.classes} classes have one training image: which one it "
            "happens to be decides. On the digits that leaves 83.5 % open by ±9.6."
        ),
        "benchmarks/digits_transfer.py",
    ),
    Rule(
        "BatchNorm",
        WARNING,
        lambda f: f.batch_norms > 0 and not f.is_few,
        'Leave BatchNorm frozen, as recipes do; `batch_norm="train"` needs large batches.',
        "Thawed with the rest, it took a frozen ResNet50 from 65 % to 45 % in one epoch; Keras's "
        "guide to EfficientNet keeps it frozen for that.",
        "log of a public notebook; keras.io/examples/vision/image_classification_efficientnet_"
        "fine_tuning",
    ),
    Rule(
        "not at hand",
        WARNING,
        lambda f: bool(f.missing),
        lambda f: f"Not looked at: {', '.join(f.missing)}.",
        "Nothing is fetched unasked: pass `download=True`, or name those that you want.",
        "keras-tl backbones",
    ),
)
