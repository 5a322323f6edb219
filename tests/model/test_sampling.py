import numpy as np
import pytest

from edge_agent.model.errors import ModelError
from edge_agent.model.sampling import Sampler, Sampling

LOGITS = np.array([0.0, 3.0, 1.0, 2.0, -1.0], np.float32)


def drawn(sampling, logits=LOGITS, allowed=None, times=4_000):
    sampler = Sampler(sampling)
    counts = np.zeros(len(logits))
    for _ in range(times):
        counts[sampler.choose(logits, allowed)] += 1
    return counts / times


def ids(*numbers):
    return np.array(numbers, np.int32)


def test_greedy_takes_the_likeliest():
    assert Sampler(Sampling()).choose(LOGITS) == 1


@pytest.mark.parametrize(("allowed", "chosen"), [((0, 4), 0), ((2, 3, 4), 3), ((4,), 4)])
def test_greedy_looks_only_at_what_is_allowed(allowed, chosen):
    assert Sampler(Sampling()).choose(LOGITS, ids(*allowed)) == chosen


def test_sampling_follows_the_probabilities():
    expected = np.exp(LOGITS) / np.exp(LOGITS).sum()
    assert np.abs(drawn(Sampling(1.0, seed=1)) - expected).max() < 0.03


def test_temperature_flattens():
    expected = np.exp(LOGITS / 2) / np.exp(LOGITS / 2).sum()
    assert np.abs(drawn(Sampling(2.0, seed=1)) - expected).max() < 0.03


def test_top_k_keeps_the_likeliest():
    assert set(np.flatnonzero(drawn(Sampling(5.0, top_k=2, seed=1)))) == {1, 3}
    assert set(np.flatnonzero(drawn(Sampling(5.0, top_k=9, seed=1)))) == {0, 1, 2, 3, 4}


def test_top_p_keeps_the_fewest_that_reach_it():
    shares = np.log(np.array([0.5, 0.25, 0.15, 0.1], np.float32))
    assert set(np.flatnonzero(drawn(Sampling(1.0, top_p=0.5, seed=1), shares))) == {0}
    assert set(np.flatnonzero(drawn(Sampling(1.0, top_p=0.7, seed=1), shares))) == {0, 1}
    assert set(np.flatnonzero(drawn(Sampling(1.0, top_p=1.0, seed=1), shares))) == {0, 1, 2, 3}


def test_top_p_counts_within_what_top_k_left():
    shares = np.log(np.array([0.4, 0.3, 0.2, 0.1], np.float32))
    assert set(np.flatnonzero(drawn(Sampling(1.0, 2, 0.5, seed=1), shares))) == {0}


def test_sampling_under_a_grammar_stays_inside_it():
    counts = drawn(Sampling(3.0, top_k=3, top_p=0.99, seed=1), allowed=ids(0, 2, 4))
    assert set(np.flatnonzero(counts)) <= {0, 2, 4}


@pytest.mark.parametrize("top_k", [None, 64, 5_000])
def test_a_large_vocabulary_is_drawn_from_by_the_same_rule(top_k):
    logits = np.random.default_rng(0).normal(0, 2, 50_000).astype(np.float32)
    counts = drawn(Sampling(1.0, top_k, 0.6, seed=2), logits, times=300)
    order = np.argsort(-logits, kind="stable")[: top_k or None]
    weights = np.exp(logits[order].astype(np.float64))
    kept = order[: np.searchsorted(np.cumsum(weights), 0.6 * weights.sum()) + 1]
    assert set(np.flatnonzero(counts)) <= set(kept)


def test_a_seed_repeats_a_turn():
    def turn(seed):
        sampler = Sampler(Sampling(1.0, seed=seed))
        return [sampler.choose(LOGITS) for _ in range(30)]

    assert turn(7) == turn(7)
    assert turn(7) != turn(8)


def test_ids_that_the_model_has_no_score_for_are_left_out():
    assert Sampler(Sampling()).choose(LOGITS, ids(4, 5, 900)) == 4
    with pytest.raises(ModelError, match="allows no token"):
        Sampler(Sampling()).choose(LOGITS, ids(5, 900))


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
def test_scores_that_are_no_numbers_are_refused(broken):
    with pytest.raises(ModelError, match="no usable scores"):
        Sampler(Sampling()).choose(np.full(4, broken, np.float32))


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"temperature": -1}, "temperature is -1"),
        ({"temperature": float("nan")}, "temperature is nan"),
        ({"top_k": 0}, "top_k is 0"),
        ({"top_p": 0.0}, "top_p is 0.0"),
        ({"top_p": 1.1}, "top_p is 1.1"),
    ],
)
def test_settings_that_mean_nothing_are_refused(settings, named):
    with pytest.raises(ModelError, match=named):
        Sampling(**settings)
