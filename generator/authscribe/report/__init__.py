"""Reports: what a run found, in each output format."""
