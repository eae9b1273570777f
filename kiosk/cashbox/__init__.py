"""What lies in the cash box, period by period. Pure values: the flow folds them from its facts."""
