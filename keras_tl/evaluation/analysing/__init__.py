"""What scored pictures tell: calibration, confidence, ranking, pairs of models, wrong labels."""
