"""The staff's page: sign in, stuck orders, one order and its story, the ways out."""
