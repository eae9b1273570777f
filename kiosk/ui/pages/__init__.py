"""One page per question that the customer is asked."""
