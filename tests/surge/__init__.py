"""The surge: everybody calls at once and nobody is there to answer; afterwards, whoever is owed a call gets one."""
