"""The vendors' contracts, read a second time by somebody who had not seen the rows."""
