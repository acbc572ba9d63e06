"""Figures of a period as page, spreadsheet, PDF and text (TG-12.5, TG-13.4, LS-10.3, DL-II.2.3a.w)."""
