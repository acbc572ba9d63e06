"""What Twilio asks the web side about calls: each hook is answered at once, and no caller is left without an answer."""
