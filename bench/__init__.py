"""Measurements of the gateway as it runs: ratios in one run, or counts. See bench/README.md; `make bench`."""
