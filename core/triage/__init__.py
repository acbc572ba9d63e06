"""
What a report is about, who may deal with it, whether it sounds urgent: suggestions with their reason; pure, no I/O.

Words that people know come first (data beside this package); a small linear model on top learns from what the desk
decided. Where neither is sure nothing is suggested. Nothing here decides, and no urgency is ever lowered.
"""
