"""Canned answers: words that staff send often, with places that are filled in, for the step a matter stands in."""
