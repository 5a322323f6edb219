from edge_agent.bus.subscriptions import Subscriptions


def test_exact_filters_and_wildcards_find_the_same_message() -> None:
    wanted = Subscriptions()
    by_name = {name: lambda _, name=name: name for name in ("exact", "wild", "all", "other")}
    for topic_filter, name in (("a/b", "exact"), ("a/+", "wild"), ("#", "all"), ("a/c", "other")):
        wanted.add(topic_filter, by_name[name])
    assert [on(None) for on in wanted.for_topic("a/b")] == ["exact", "wild", "all"]
    assert [on(None) for on in wanted.for_topic("$SYS/x")] == []
    assert set(wanted.filters) == {"a/b", "a/+", "#", "a/c"}


def test_what_is_taken_back_is_wanted_no_more() -> None:
    wanted = Subscriptions()
    one, other = (lambda _: 1), (lambda _: 2)
    wanted.add("a", one)
    wanted.add("a", other)
    wanted.remove("a", one)
    assert wanted.for_topic("a") == [other]
    wanted.remove("a", other)
    assert wanted.filters == ()
