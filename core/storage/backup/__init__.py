"""
A copy of the archive while everything runs, and an empty deployment filled from one, on either engine.

A backup is a folder: `archive.sqlite3` with the tables as of one moment, `media/` with the files as they are
(encrypted), `media.txt` with their hashes, `manifest.json` with counts and hashes. It holds no key and no plain word:

- raw bodies of the intake zone are left out, and so are leases, sessions and remembered API answers;
- the few columns that are plain in the database, because they are searched or shown, are sealed under their case's key.

So an erasure reaches into every backup ever made: its keys are gone. The keys themselves are backed up apart.
"""

from core.storage.backup.keys import back_up_keys, erased_subjects, restore_keys
from core.storage.backup.manifest import Manifest
from core.storage.backup.out import back_up
from core.storage.backup.restore import is_empty, restore

__all__ = ["Manifest", "back_up", "back_up_keys", "erased_subjects", "is_empty", "restore", "restore_keys"]
