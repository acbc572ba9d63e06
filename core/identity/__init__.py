"""Who somebody is: phone numbers, report codes and PINs, identities, and how staff prove themselves. No I/O."""
