"""Near-copies of labelled photos are found, chains and all."""

from __future__ import annotations

import numpy as np

from desktopsearch.hashing.teaching.near_copies import near_copy_groups


def test_near_copies_of_labelled_photos_share_a_group() -> None:
    generator = np.random.default_rng(0)
    embeddings = generator.standard_normal((30, 64))
    embeddings[20] = embeddings[3] + 0.05 * generator.standard_normal(64)
    embeddings[4] = embeddings[3] + 0.05 * generator.standard_normal(64)
    embeddings[29] = embeddings[28]
    labelled = np.arange(30) < 10
    groups = near_copy_groups(embeddings.astype(np.float16), labelled)
    assert groups[3] == groups[4] == groups[20]
    # No labelled photo is like these two.
    assert groups[28] != groups[29]
    others = np.delete(np.arange(30), [3, 4, 20])
    assert len(np.unique(groups[others])) == 27


def test_groups_that_meet_in_a_photo_become_one() -> None:
    angle = np.radians([0, 15, 30, 90])
    embeddings = np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float16)
    groups = near_copy_groups(embeddings, np.ones(4, dtype=np.bool_))
    assert groups[0] == groups[1] == groups[2] != groups[3]
