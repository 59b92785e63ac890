from __future__ import annotations

import os

# The tests read English, whatever the language of the machine.
os.environ["LANGUAGE"] = "en"
