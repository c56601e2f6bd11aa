# Every command a person needs; each makes or refreshes the checkout's own environment (.venv) first.
PYTHON ?= python3
PORT ?= 8080
MQTT_PORT ?= 1883
DATA ?= var/demo
# The demonstration's city and second hall; CITY=no leaves them out.
CITY ?= yes
CITY_PORT ?= 8090
HALL_B_PORT ?= 8081
# Tests wait for servers and browsers: three of them keep two cores busy.
WORKERS ?= 3
PYTEST_ARGS ?=
# A test starts many processes of the program; without its compiled form each would compile every file anew.
export PYTHONDONTWRITEBYTECODE :=

VENV := .venv/bin
# Our packages lie in the checkout and in queue/, a plain folder (docs/development.md). run.py and pytest know it.
PATHS := PYTHONPATH=.:queue

.DEFAULT_GOAL := help
.PHONY: help run demo test faults check format bench bench-wait screenshots docs lock clean bootstrap bootstrap-dev system-packages

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /	/' | expand -t 14

run: bootstrap ## the demonstration hall on http://localhost:8080, its city on :8090, a second hall on :8081 (CITY=no: the hall alone)
ifeq ($(CITY),no)
	@exec $(VENV)/python run.py hall --demo --data $(DATA) --port $(PORT) --mqtt-port $(MQTT_PORT)
else
	@exec $(VENV)/python run.py demo-city --data $(DATA) --port $(PORT) --mqtt-port $(MQTT_PORT) \
		--city-port $(CITY_PORT) --hall-b-port $(HALL_B_PORT)
endif

demo: bootstrap ## the same, with simulated visitors and staff who fill it
	@exec $(VENV)/python run.py demo --data $(DATA) --port $(PORT) --mqtt-port $(MQTT_PORT)

test: bootstrap-dev system-packages ## the everyday tests (PYTEST_ARGS="-k …")
	$(VENV)/python -m pytest -q -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not long" $(PYTEST_ARGS)

faults: bootstrap-dev system-packages ## the long tests: kill -9, full disk, lost links
	$(VENV)/python -m pytest -q -m long $(PYTEST_ARGS)

check: bootstrap-dev ## format, lint, types, import rules
	$(VENV)/ruff format --check .
	$(VENV)/ruff check .
	$(VENV)/mypy
	$(PATHS) $(VENV)/lint-imports

format: bootstrap-dev ## put the format right and mend what ruff can
	$(VENV)/ruff check --fix .
	$(VENV)/ruff format .

bench: bootstrap-dev ## the benchmarks; writes bench/results/
	$(PATHS) $(VENV)/python -m bench

bench-wait: bootstrap-dev ## the wait estimate on recorded and simulated days; writes docs/wait-estimate.md's table
	$(PATHS) $(VENV)/python -m bench.wait

screenshots: bootstrap-dev system-packages ## the README's pictures, from a running demonstration hall
	$(PATHS) $(VENV)/python scripts/screenshots.py
	$(PATHS) $(VENV)/python scripts/way_pictures.py

docs: bootstrap-dev ## the documents that are made from the program
	$(PATHS) $(VENV)/python scripts/generate_docs.py

# The environment's pins are kept unless UPGRADE is set: make lock UPGRADE=--upgrade
UPGRADE ?=
COMPILE = $(VENV)/uv pip compile pyproject.toml --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" --quiet $(UPGRADE)

lock: bootstrap-dev ## write both lock files anew from pyproject.toml (needs the network)
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --all-extras --constraint requirements.lock --output-file requirements-dev.lock

clean: ## remove caches, builds and the demonstration hall's data; keeps .venv
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache $(DATA) $(DATA)-b $(DATA)-city
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +

bootstrap:
	@$(PYTHON) scripts/bootstrap.py

bootstrap-dev:
	@$(PYTHON) scripts/bootstrap.py --dev

system-packages:
	@scripts/system-packages
