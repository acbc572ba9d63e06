"""SpeedSMS: a Vietnamese gateway for brand names, without ids for what citizens send."""
