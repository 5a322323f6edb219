"""From sources of pictures to the frames of the last minute."""

import io
import queue
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("cv2", reason="OpenCV, the extra `camera`, is not installed")

from lamps import SECONDS, lamps_at, lamps_seen, lit, write_clip

from edge_agent.senses.seeing.camera import Camera
from edge_agent.senses.seeing.change import ChangeGate
from edge_agent.senses.seeing.clip import read_clip
from edge_agent.senses.seeing.frame import FRAME_PIXELS, Picture, SightError, shrunk
from edge_agent.senses.seeing.live_camera import LiveCamera
from edge_agent.senses.seeing.named import camera_named
from edge_agent.senses.seeing.opencv_camera import shown_by_opencv
from edge_agent.senses.seeing.picture_file import read_picture
from edge_agent.senses.seeing.recorded import Recorded


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("clips") / "lamps.mp4")


def looked_at(path: Path, clock: Clock) -> Camera:
    """Return a camera that has seen a recording to its end."""
    camera = Camera(Recorded(path, in_real_time=False, clock=clock), clock=clock)
    camera.start()
    camera._thread.join()
    return camera


def test_the_last_minute_of_a_clip_is_kept(clip: Path) -> None:
    clock = Clock()
    camera = looked_at(clip, clock)
    clock.now = SECONDS - 0.5
    minute = camera.last(60)
    assert [round(frame.at) for frame in minute] == list(range(SECONDS - 60, SECONDS))
    assert [lamps_seen(frame.pixels) for frame in minute] == [lit(at) for at in range(30, 90)]
    assert camera.last(3600) == minute
    twenty = camera.last(20)
    assert [round(frame.at) for frame in twenty] == list(range(70, 90))
    assert camera.last(0.1) == minute[-1:]
    camera.close()


def test_frames_that_show_nothing_new_share_a_picture(clip: Path) -> None:
    clock = Clock()
    camera = looked_at(clip, clock)
    clock.now = SECONDS - 0.5
    minute = camera.last(60)
    changes = [round(frame.at) for frame in minute if frame.changed]
    assert changes == [30, 40, 50, 60, 70, 80]
    assert camera.nbytes == 6 * minute[0].pixels.nbytes
    camera.close()
    assert camera.nbytes == 0


def test_frames_are_made_smaller_and_bounded_together() -> None:
    large = shrunk(np.full((1080, 1920, 3), 7, np.uint8))
    assert 0.97 < large.shape[0] * large.shape[1] / FRAME_PIXELS <= 1
    assert abs(large.shape[1] / large.shape[0] - 16 / 9) < 0.01
    assert (large == 7).all()
    small = np.zeros((480, 640, 3), np.uint8)
    kept = shrunk(small)
    assert kept.shape == small.shape
    assert not np.shares_memory(kept, small)


class Shown:
    """A source that shows what a test puts there, and stays open."""

    name = "camera of the test"

    def __init__(self, *pictures: Picture) -> None:
        self._pictures = pictures
        self._closing = threading.Event()
        self.opened = 0

    def pictures(self):
        self.opened += 1
        yield from self._pictures
        self._closing.wait()

    def close(self) -> None:
        self._closing.set()


def test_a_muted_camera_forgets_and_says_so() -> None:
    clock = Clock()
    with Camera(Shown(Picture(lamps_at(0), 0.0)), clock=clock) as camera:
        assert camera.wait_for_frame(10)
        assert len(camera.last(5)) == 1
        camera.mute()
        with pytest.raises(SightError, match="is muted"):
            camera.last(5)


def test_a_camera_that_has_stopped_is_not_taken_for_the_present() -> None:
    clock = Clock()
    with Camera(Shown(Picture(lamps_at(0), 0.0)), clock=clock) as camera:
        assert camera.wait_for_frame(10)
        clock.now = 2.5
        assert len(camera.last(1)) == 1
        clock.now = 70.0
        with pytest.raises(SightError, match="shown nothing for 70 s"):
            camera.last(60)


def test_a_camera_that_has_seen_nothing_says_so() -> None:
    with (
        Camera(Shown()) as camera,
        pytest.raises(SightError, match="camera of the test has shown nothing yet"),
    ):
        camera.last(5)


def test_a_folder_of_pictures_is_seen_one_a_second(tmp_path: Path) -> None:
    for second in (0, 10, 20):
        Image.fromarray(lamps_at(second)).save(tmp_path / f"{second:02d}.png")
    (tmp_path / "notes.txt").write_text("not a picture")
    clock = Clock()
    camera = looked_at(tmp_path, clock)
    clock.now = 2.0
    assert [(frame.at, lamps_seen(frame.pixels)) for frame in camera.last(60)] == [
        (0.0, lit(0)),
        (1.0, lit(10)),
        (2.0, lit(20)),
    ]
    camera.close()


@pytest.mark.parametrize("levels", [3, 6])
def test_noise_and_a_little_light_are_no_change(levels: int) -> None:
    random = np.random.default_rng(1)
    gate = ChangeGate()
    scene = lamps_at(0).astype(int) + 20
    assert gate.lets_through(scene.astype(np.uint8))
    for _ in range(10):
        noisy = scene + random.normal(0, levels, scene.shape) + 2
        assert not gate.lets_through(noisy.clip(0, 255).astype(np.uint8))


def test_a_lamp_and_a_slow_dawn_are_changes() -> None:
    gate = ChangeGate()
    gate.lets_through(lamps_at(0))
    assert gate.lets_through(lamps_at(10))
    assert not gate.lets_through(lamps_at(15))
    dawn = [lamps_at(0) + np.uint8(brightness) for brightness in range(0, 40, 2)]
    assert [2 * step for step, now in enumerate(map(gate.lets_through, dawn)) if now] == [
        *range(0, 40, 8)
    ]
    gate.forget()
    assert gate.lets_through(dawn[-1])


@pytest.mark.parametrize(("height", "width"), [(1, 1), (3, 500), (11, 15), (12, 16)])
def test_very_small_pictures_are_compared_too(height: int, width: int) -> None:
    gate = ChangeGate()
    dark = np.zeros((height, width, 3), np.uint8)
    assert gate.lets_through(dark)
    assert not gate.lets_through(dark)
    assert gate.lets_through(dark + np.uint8(50))


class Mjpeg(BaseHTTPRequestHandler):
    """What a network camera sends: JPEG pictures without an end."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=next")
        self.end_headers()
        sent = 0
        try:
            while sent < self.server.pictures:
                sent += 1
                self.wfile.write(b"--next\r\nContent-Type: image/jpeg\r\n")
                self.wfile.write(b"Content-Length: %d\r\n\r\n" % len(self.server.jpeg))
                self.wfile.write(self.server.jpeg + b"\r\n")
        except OSError:
            return

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(jpeg: bytes, port: int = 0):
    """Serve pictures of lamps; a test sets how many there are until the camera is unplugged."""
    server = ThreadingHTTPServer(("127.0.0.1", port), Mjpeg)
    server.daemon_threads = True
    server.jpeg, server.pictures = jpeg, 10_000
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.pictures = 0
        server.shutdown()
        server.server_close()
        thread.join()


def jpeg_of(second: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(lamps_at(second)).save(file, "JPEG", quality=90)
    return file.getvalue()


@pytest.fixture
def network_camera():
    with serving(jpeg_of(10)) as server:
        yield server


def test_a_network_camera_is_looked_at(network_camera: ThreadingHTTPServer) -> None:
    source = camera_named(f"http://anna:secret@127.0.0.1:{network_camera.server_port}/video")
    assert source.name == f"camera http://127.0.0.1:{network_camera.server_port}/video"
    with Camera(source) as camera:
        assert camera.wait_for_frame(30)
        assert lamps_seen(camera.last(5)[0].pixels) == lit(10)


def test_an_unplugged_camera_is_waited_for_and_told_of_once(
    network_camera: ThreadingHTTPServer,
) -> None:
    network_camera.pictures = 40
    told: list[str] = []
    url = f"http://127.0.0.1:{network_camera.server_port}/video"
    source = LiveCamera(partial(shown_by_opencv, url), "hall camera", told.append)
    pictures = source.pictures()
    first = next(pictures)
    again = next(pictures)
    assert again.at > first.at
    pictures.close()
    assert told == [
        "The hall camera gives no pictures any more. Trying again until it is there.",
        "The hall camera is back.",
    ]


def seen_until(lamps: object, pictures: Iterator[Picture]) -> None:
    """Look until these lamps are seen: some pictures may have been sent before."""
    while lamps_seen(next(pictures).pixels) != lamps:
        pass


def test_a_camera_whose_host_goes_away_is_seen_again_when_it_is_back() -> None:
    told: queue.Queue[str] = queue.Queue()
    with ThreadPoolExecutor(1) as waiting:
        with serving(jpeg_of(10)) as server:
            port = server.server_port
            url = f"http://127.0.0.1:{port}/video"
            source = LiveCamera(partial(shown_by_opencv, url), "hall camera", told.put)
            pictures = source.pictures()
            assert lamps_seen(next(pictures).pixels) == lit(10)
        again = waiting.submit(seen_until, lit(30), pictures)
        assert told.get(timeout=30).startswith("The hall camera gives no pictures any more.")
        with serving(jpeg_of(30), port):
            again.result(timeout=30)
            assert told.get(timeout=30) == "The hall camera is back."
            pictures.close()
    assert told.empty()


def test_a_camera_that_is_not_there_is_told_of_once() -> None:
    told: list[str] = []
    heard = threading.Event()

    def tell(sentence: str) -> None:
        told.append(sentence)
        heard.set()

    shown = partial(shown_by_opencv, "/dev/video99")
    source = LiveCamera(shown, "camera /dev/video99", tell)
    with Camera(source, tell) as camera:
        assert heard.wait(30)
        assert not camera.wait_for_frame(0.7)
    assert told == [
        "There is no picture from the camera /dev/video99. Trying again until it is there."
    ]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("camera kitchen", "a camera has a number"),
        ("ftp://127.0.0.1/x", "begins with rtsp://"),
        ("rtsp://", "begins with rtsp://"),
        ("rtsp://[::1", "is no URL"),
        ("http://8.8.8.8/video", "not on the local network"),
        ("nowhere.mp4", "There is no file nowhere.mp4"),
    ],
)
def test_sources_that_cannot_be_are_told(words: str, complaint: str) -> None:
    with pytest.raises(SightError, match=complaint):
        camera_named(words)


def test_a_clip_is_read_a_picture_a_second(clip: Path) -> None:
    with pytest.raises(SightError, match="more than 60 pictures at 1 a second"):
        read_clip(clip)
    pictures = read_clip(clip, fps=0.5)
    assert [picture.at for picture in pictures] == pytest.approx(range(0, 90, 2))
    assert [lamps_seen(it.pixels) for it in pictures] == [lit(at) for at in range(0, 90, 2)]


def test_a_short_clip_is_read_more_often(tmp_path: Path) -> None:
    pictures = read_clip(write_clip(tmp_path / "short.mp4", 3), fps=2)
    assert [round(picture.at, 1) for picture in pictures] == [0, 0.6, 1.0, 1.6, 2.0, 2.6]


@pytest.mark.parametrize("fps", [0, -1, 61, float("nan")])
def test_a_clip_cannot_be_read_at_any_rate(clip: Path, fps: float) -> None:
    with pytest.raises(SightError, match="1 is usual"):
        read_clip(clip, fps)


def test_what_is_no_clip_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "noise.mp4").write_bytes(np.random.default_rng(0).bytes(5000))
    for name in ("empty.mp4", "noise.mp4"):
        with pytest.raises(SightError, match="is no clip, or it is damaged"):
            read_clip(tmp_path / name)
    with pytest.raises(SightError, match="There is no file"):
        read_clip(tmp_path / "none.mp4")
    with pytest.raises(SightError, match="is a folder"):
        read_clip(tmp_path)


def test_a_clip_that_was_cut_off_is_read_as_far_as_it_goes_or_told(
    clip: Path, tmp_path: Path
) -> None:
    whole = clip.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SightError, match=r"cut.mp4 is no clip"):
        read_clip(tmp_path / "cut.mp4", 0.5)


@pytest.mark.parametrize("kind", ["png", "jpg", "webp", "bmp", "gif", "tiff"])
def test_pictures_of_every_kind_are_read(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"lamps.{kind}"
    Image.fromarray(lamps_at(30)).save(path)
    pixels = read_picture(path)
    assert pixels.shape == (480, 640, 3)
    assert pixels.dtype == np.uint8
    assert lamps_seen(pixels) == lit(30)


def test_a_picture_is_seen_as_it_was_meant(tmp_path: Path) -> None:
    half = np.zeros((10, 20, 4), np.uint8)
    half[:, :10] = 200, 0, 0, 255
    Image.fromarray(half).save(tmp_path / "clear.png")
    clear = read_picture(tmp_path / "clear.png")
    assert (clear[:, :10] == (200, 0, 0)).all()
    assert (clear[:, 10:] == 255).all()
    exif = Image.Exif()
    exif[0x0112] = 6  # held with its right side up
    Image.fromarray(lamps_at(0)).save(tmp_path / "turned.jpg", exif=exif)
    assert read_picture(tmp_path / "turned.jpg").shape == (640, 480, 3)
    Image.fromarray(lamps_at(0)[:, :, 0]).save(tmp_path / "gray.png")
    assert read_picture(tmp_path / "gray.png").shape == (480, 640, 3)


def test_what_is_no_picture_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    (tmp_path / "words.png").write_text("these are words")
    Image.fromarray(lamps_at(0)).save(tmp_path / "whole.jpg")
    whole = (tmp_path / "whole.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    complaints = {
        "none.png": "There is no file",
        "empty.png": "is empty",
        "words.png": "is no picture",
        "cut.jpg": "is damaged",
        ".": "is a folder",
    }
    for name, complaint in complaints.items():
        with pytest.raises(SightError, match=complaint):
            read_picture(tmp_path / name)
    with pytest.raises(SightError, match="not an ordinary file"):
        read_picture("/dev/null")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(SightError, match="There is no picture in"):
        next(Recorded(empty, in_real_time=False).pictures())
