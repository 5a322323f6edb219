# Everything here works in a fresh clone: each target does its own set-up in .venv/.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/pip --disable-pip-version-check --quiet
PINS   := tools/constraints.txt
REAL_GEMMA ?= $(HOME)/.cache/edge-agent/real-gemma

.PHONY: help setup demo test test-real-gemma fmt bench clean

help:  ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

demo: $(VENV)/.runtime  ## Speak to a simulated home: from a WAV file to a confirmed action
	@$(BIN)/edge-agent demo

test: $(VENV)/.dev  ## Run every check: format, lint, types, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest

test-real-gemma: $(VENV)/.train  ## Compare with LiteRT-LM on Gemma 3 270M (made on first use, about 1 GB)
	$(BIN)/python -m tools.real_gemma $(REAL_GEMMA)
	REAL_GEMMA=$(REAL_GEMMA) $(BIN)/pytest -m real_gemma

fmt: $(VENV)/.dev  ## Format, and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev  ## Time a turn beside LiteRT-LM doing the same
	$(BIN)/python -m tools.bench

setup: $(VENV)/.dev  ## Make .venv/ with everything but the training packages

clean:  ## Remove .venv/ and what the tools leave behind
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache

$(VENV)/.python:
	@sh tools/system_packages.sh python3 python3-venv
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v <= (3, 13) or sys.exit( \
	  "edge-agent needs Python 3.11 to 3.13, and %s is %d.%d: name another one, as in make PYTHON=python3.12" % (sys.executable, *v))'
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.python pyproject.toml $(PINS)
	@echo "Installing edge-agent into $(VENV)/ (a minute or two the first time) ..."
	@$(PIP) install -c $(PINS) -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime
	@sh tools/system_packages.sh mosquitto mosquitto-clients openssl systemd \
	  espeak-ng libportaudio2 libasound2-plugins pulseaudio pulseaudio-utils
	@$(PIP) install -c $(PINS) -e '.[camera,dev,litert-lm]'
	@touch $@

$(VENV)/.train: $(VENV)/.dev
	@$(PIP) install -c $(PINS) torch==2.13.0
	@$(PIP) install -c $(PINS) -e '.[camera,dev,litert-lm,train,real-gemma]'
	@$(PIP) install --no-deps -r tools/litert_torch.txt
	@touch $@
