import pytest

from edge_agent.model.context_length import affordable_context

GIB = 1 << 30


@pytest.mark.parametrize(
    ("bytes_per_position", "free", "context"),
    [
        (9_200, 8 * GIB, 4096),  # E2B on a Pi 5
        (9_200, GIB // 10, 2048),
        (1_000_000, GIB, 512),  # never less
    ],
)
def test_the_cache_takes_a_quarter_of_memory(
    bytes_per_position: int, free: int, context: int
) -> None:
    assert affordable_context(bytes_per_position, free) == context


def test_the_system_is_asked() -> None:
    assert affordable_context(1) == 4096
