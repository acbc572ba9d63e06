"""
The case core: `decide` answers a command with events or a refusal, `evolve` folds events into the case.

Pure and synchronous: no I/O, no clock of its own; the regulation (`core.regulations`) comes in as data. Read in this
order: commands, events, model, evolve, decide, moves, tasks.
"""
