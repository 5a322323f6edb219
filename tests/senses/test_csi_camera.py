"""A CSI camera, through a stand-in for picamera2 that does what Raspberry Pi's manual says of it.

The library needs a Raspberry Pi's own libcamera: here it is only held to be called as documented.
"""

import sys
import threading
from types import ModuleType

import numpy as np
import pytest

from edge_agent.senses.seeing.camera import Camera
from edge_agent.senses.seeing.frame import SightError
from edge_agent.senses.seeing.live_camera import LiveCamera
from edge_agent.senses.seeing.named import camera_named

RED = (200, 20, 10)


class Sensor:
    """What is plugged in: how many cameras there are, and for how many pictures one lasts."""

    def __init__(self) -> None:
        self.cameras = 1
        self.pictures = 1_000
        self.in_use = False
        self.configurations: list[dict] = []


@pytest.fixture
def sensor(monkeypatch: pytest.MonkeyPatch) -> Sensor:
    sensor = Sensor()

    class Picamera2:
        def __init__(self, camera_num: int = 0) -> None:
            if sensor.in_use or camera_num >= sensor.cameras:
                raise RuntimeError("Camera __init__ sequence did not complete.")
            sensor.in_use = True
            self._size: tuple[int, int] | None = None

        @staticmethod
        def global_camera_info() -> list[dict[str, object]]:
            return [{"Model": "imx708", "Num": number} for number in range(sensor.cameras)]

        def create_video_configuration(self, main: dict, controls: dict) -> dict:
            return {"main": main, "controls": controls}

        def start(self, config: dict) -> None:
            sensor.configurations.append(config)
            assert config["main"]["format"] == "BGR888", "arrays would not be red, green, blue"
            self._size = config["main"]["size"]

        def capture_array(self, name: str, wait: bool) -> str:
            assert self._size is not None, "the camera was not started"
            assert not wait
            return name

        def wait(self, job: str, timeout: float) -> np.ndarray:
            if sensor.pictures < 1:
                raise TimeoutError
            sensor.pictures -= 1
            width, height = self._size
            return np.full((height, width, 3), RED, np.uint8)

        def cancel_all_and_flush(self) -> None:
            self._size = None

        def close(self) -> None:
            sensor.in_use = False

    module = ModuleType("picamera2")
    module.Picamera2 = Picamera2
    monkeypatch.setitem(sys.modules, "picamera2", module)
    return sensor


def test_a_csi_camera_is_looked_at_and_let_go(sensor: Sensor) -> None:
    with Camera(camera_named("csi")) as camera:
        assert camera.wait_for_frame(10)
        assert sensor.in_use
        frame = camera.last(5)[0]
    assert (frame.pixels == RED).all()
    assert frame.pixels.shape[1] / frame.pixels.shape[0] == pytest.approx(4 / 3, rel=0.01)
    assert not sensor.in_use
    assert len(sensor.configurations) == 1


def test_a_cable_that_came_off_is_told_of_once_and_waited_for(sensor: Sensor) -> None:
    told: list[str] = []
    sensor.pictures = 1

    def tell(sentence: str) -> None:
        told.append(sentence)
        sensor.pictures = 5

    source = LiveCamera(camera_named("csi")._shown, "CSI camera", tell)
    pictures = source.pictures()
    first, again = next(pictures), next(pictures)
    assert again.at > first.at
    pictures.close()
    assert not sensor.in_use
    assert told == [
        "The CSI camera gives no pictures any more. Trying again until it is there.",
        "The CSI camera is back.",
    ]


@pytest.mark.parametrize(
    ("cameras", "in_use", "complaint"),
    [
        (1, False, "There is no CSI camera 1: see whether 'rpicam-hello --list-cameras'"),
        (2, True, "The CSI camera 1 cannot be opened: it may be in use"),
    ],
)
def test_a_csi_camera_that_cannot_be_had_is_told(
    sensor: Sensor, cameras: int, in_use: bool, complaint: str
) -> None:
    sensor.cameras, sensor.in_use = cameras, in_use
    source = camera_named("csi 1")
    with pytest.raises(SightError, match=complaint):
        next(source._shown(source.name, threading.Event()))


def test_without_the_library_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "picamera2", None)
    source = camera_named("csi")
    with pytest.raises(SightError, match="sudo apt install python3-picamera2"):
        next(source._shown(source.name, threading.Event()))
