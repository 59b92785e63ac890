"""Semi-supervised hashing: what is looked at together, and which guesses count."""

from __future__ import annotations

import numpy as np
import torch

from desktopsearch.hashing.objectives.ssdh_semi_mining import (
    aligned,
    graph_triplets,
    label_triplets,
    of_classes,
    pseudo_triplets,
)


def test_label_triplets_are_what_they_say() -> None:
    generator = np.random.default_rng(0)
    labels = torch.from_numpy(generator.random((60, 6)) < 0.25)
    drawn = 0
    for _ in range(20):
        for anchor, near, far in zip(*label_triplets(labels, generator), strict=True):
            drawn += 1
            assert anchor != near
            assert (labels[anchor] & labels[near]).any()
            assert labels[far].any()
            assert not (labels[anchor] & labels[far]).any()
            assert not (labels[near] & labels[far]).any()
    assert drawn > 500


def test_the_graph_knows_near_and_far() -> None:
    generator = np.random.default_rng(0)
    features = torch.from_numpy(generator.standard_normal((128, 5)))
    distances = torch.cdist(features, features)
    ranks = distances.argsort(dim=1).argsort(dim=1)
    near_ranks, far_ranks = set(), set()
    for _ in range(30):
        anchors, near, far = graph_triplets(features, generator)
        assert anchors.tolist() == list(range(128))
        near_ranks |= set(ranks[anchors, near].tolist())
        far_ranks |= set(ranks[anchors, far].tolist())
    assert near_ranks == set(range(1, 9))
    assert far_ranks == set(range(114, 124))


def test_pseudo_pairs_by_their_rules() -> None:
    generator = np.random.default_rng(0)
    labels = torch.from_numpy(generator.random((40, 3)) < 0.4)
    labels[:20] = False
    shares = torch.softmax(torch.from_numpy(generator.standard_normal((40, 3))), dim=1)
    usable = ~labels.any(dim=1)
    usable[0] = False
    seen = 0
    for _ in range(20):
        for anchor, near, far in zip(
            *(part.tolist() for part in pseudo_triplets(shares, labels, usable, generator)),
            strict=True,
        ):
            seen += 1
            yes, no = int(shares[anchor].argmax()), int(shares[anchor].argmin())
            assert usable[anchor]
            assert near != anchor
            for other, wanted, unwanted in ((near, yes, no), (far, no, yes)):
                if labels[other].any():
                    assert labels[other, wanted]
                    assert not labels[other, unwanted]
                else:
                    assert usable[other]
                    assert int(shares[other].argmax()) == wanted
    assert seen > 200


def test_alignment_brings_guesses_to_the_shares_of_labels() -> None:
    shares = torch.tensor([[0.6, 0.4]])
    even = torch.tensor([0.5, 0.5])
    found = aligned(shares, even, torch.tensor([0.8, 0.2]), keep_sums=True)
    expected = torch.tensor([[0.6 * 0.5 / 0.8, 0.4 * 0.5 / 0.2]])
    torch.testing.assert_close(found, expected / expected.sum())
    torch.testing.assert_close(aligned(shares, even, even, keep_sums=True), shares)


def test_classes_come_by_fours() -> None:
    members = [np.arange(0, 30), np.arange(30, 60), np.arange(60, 90), np.arange(90, 92)]
    rows = of_classes(members, 16, np.random.default_rng(0))
    assert len(set(rows.tolist())) == len(rows) == 16
    counts = [int(np.isin(rows, group).sum()) for group in members]
    assert counts[3] in (0, 2)
    assert min(counts[:3]) >= 4
    few = of_classes([np.array([1]), np.array([], dtype=np.int64)], 16, np.random.default_rng(0))
    assert few.tolist() == [1]
