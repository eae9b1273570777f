"""What is in the cash box, folded from facts, and its clearing."""
