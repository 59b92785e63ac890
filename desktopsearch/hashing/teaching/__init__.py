"""Teaching by albums: from labelled photos to a hash layer and the proof of what it is worth."""
