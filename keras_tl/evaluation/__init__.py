"""What it is worth.

Of one model: `predict` and `bulk` ask it, `metrics` and `baselines` score it, `analysing` looks at
what it said of each picture, `explaining` at where in a picture it looked, `calibrate` mends its
probabilities. `comparing` sets runs beside each other, `reporting` writes the page of one. Before
any training, `ranking` and `advising` look at backbones.
"""
