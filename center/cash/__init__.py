"""Cash clearing: periods of the cash boxes taken in, compared, counted, brought to the bank."""
