"""SMS: one channel whose carrier is a choice of the deployment: Twilio, eSMS, SpeedSMS, or a carrier's own SMPP."""
