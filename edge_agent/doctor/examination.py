"""The whole examination, in the order in which one would mend things."""

from collections.abc import Iterator

from edge_agent.catalogue.machine import this_machine
from edge_agent.catalogue.reading import read_catalogue
from edge_agent.configuration import Configuration, cache_folder, default_model, journal_path
from edge_agent.doctor.device_checks import check_cameras, check_permissions
from edge_agent.doctor.folder_checks import check_cache, check_journal
from edge_agent.doctor.heat_checks import check_temperature, check_throttling
from edge_agent.doctor.home_checks import check_broker, check_home
from edge_agent.doctor.model_checks import check_library, check_model
from edge_agent.doctor.sound_checks import (
    check_loudspeaker,
    check_microphone,
    check_voice,
    check_wake_words,
)
from edge_agent.doctor.types import Finding


def examine(configuration: Configuration) -> Iterator[Finding]:
    """Look at everything that an agent of this configuration needs; nothing is changed."""
    model = configuration.model or default_model()
    yield check_library()
    yield from check_model(model, read_catalogue(), this_machine())
    yield check_cache(cache_folder(), model)
    yield check_journal((configuration.journal or journal_path()).parent)
    yield check_home(configuration.home)
    yield check_broker(configuration.broker)
    yield check_microphone(configuration)
    yield check_wake_words(configuration)
    yield check_loudspeaker(configuration)
    yield check_voice(configuration)
    yield check_cameras()
    yield check_permissions()
    yield check_temperature()
    yield check_throttling()
