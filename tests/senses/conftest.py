"""A sound server for the tests of one file, which this process uses too."""

import os
from collections.abc import Iterator

import pytest
from sound_server import SoundServer


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[SoundServer]:
    found = SoundServer(tmp_path_factory.mktemp("pulse"))
    before = {name: os.environ.get(name) for name in found.environment}
    os.environ.update(found.environment)
    yield found
    found.stop()
    for name, value in before.items():
        if value is None:
            del os.environ[name]
        else:
            os.environ[name] = value
