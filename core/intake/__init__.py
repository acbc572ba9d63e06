"""
Understanding what people write, and the dialogue that turns it into a report.

Plain synchronous Python: no I/O, no clock of its own. `dialogue.step` is the one way in; `rules.IntakeRules` is what a
regulation says about intake; `render.render` makes Vietnamese sentences of what the dialogue wants to say.
"""
