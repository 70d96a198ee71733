"""What `mgramseva bench` runs. Each module has `run(size) -> dict`: one JSON line with machine, versions, dataset size, server settings and seed."""
