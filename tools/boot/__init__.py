"""Boots a Debian with a real systemd in a container, and shows the service's whole life in it.

    sudo python -m tools.boot FOLDER [--model FILE]

FOLDER keeps the Debian (about 400 MB) between runs. It needs root, and the packages debootstrap and
systemd-container.
"""
