"""Figures of a period from an archive of any size: the monthly report, and the page that is looked at all day."""
