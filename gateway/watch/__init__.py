"""
What the process would tell an operator: figures of everything that can go wrong, and the alarms over them.

`figures` reads, `alarms` is the one table of alarms, `watch` looks again and again and remembers what rings, `checkup`
asks others, `export` writes for a scrape, `rules` writes the same table down for Prometheus and for the manual.
"""
