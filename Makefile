# The commands of the course; `make` alone lists them. Works with GNU make 3.81 (macOS) and newer.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

# JupyterLab does not start for root unless told to, and in containers one often is root.
ALLOW_ROOT := $(shell [ "$$(id -u)" != 0 ] || echo --allow-root)

# A first visitor would be asked whether to fetch Jupyter's news, over the notebook.
NEWS := @jupyterlab/apputils-extension:announcements

# Two files at a time, so one torch thread each: more would fight over two cores. A notebook stays whole on one worker.
TWO_AT_A_TIME := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile

.DELETE_ON_ERROR:
.PHONY: help lab test test-all notebooks claims seeds slides site handout solutions wheelhouse pace bench links lint clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-26s %s\n", $$1 ($$1 == "notebooks" || $$1 == "seeds" || $$1 == "solutions" || $$1 == "pace" ? " [NB=04]" : $$1 == "links" ? " REPO=owner/name" : ""), $$2}' $(MAKEFILE_LIST)

lab: $(VENV)/reader.stamp ## open the course in JupyterLab (the first call installs it)
	@echo "Opening JupyterLab on notebooks/00_start_here.ipynb; stop it with Ctrl-C"
	@$(BIN)/python -m jupyterlab $(ALLOW_ROOT) --log-level=WARN --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb

test: $(VENV)/developer.stamp ## run everything that must hold
	@echo "1/3 ruff: style of helpers, tools, tests and notebooks"
	@$(BIN)/ruff check --output-format concise .
	@echo "2/3 pytest: helpers, stored notebooks, exercises, links, browser"
	@$(TWO_AT_A_TIME) -q -rs -m "not slow" tests
	@echo "3/3 nbval: every notebook runs again and shows what is stored"
	@COURSE_CHECK_LAYOUT=1 $(TWO_AT_A_TIME) -q --nbval --nbval-current-env --nbval-cell-timeout=120 \
		--nbval-sanitize-with tests/nbval_sanitize.cfg notebooks/

test-all: test ## the same, and what takes minutes more: every exercise solved in its notebook's kernel
	@$(TWO_AT_A_TIME) -q -rs -m slow tests

notebooks: $(VENV)/reader.stamp ## run the notebooks in place and store them clean; one with NB=04
	@echo "Running $(if $(NB),notebooks/$(NB)*,all notebooks) from a fresh kernel"
	@$(BIN)/python -m tools.execute $(NB)
	@$(BIN)/python -m tools.claims && $(BIN)/python -m tools.questions

claims: $(VENV)/reader.stamp ## write the pages of findings and of short answers anew, from the stored notebooks
	@$(BIN)/python -m tools.claims && $(BIN)/python -m tools.questions

seeds: $(VENV)/reader.stamp ## run notebooks under ten fresh seeds and print what does not hold; name them with NB=04
	@echo "Running $(if $(NB),notebooks/$(NB)*,all notebooks) under COURSE_SEED=1 to 10"
	@$(BIN)/python -m tools.seeds $(NB)

slides: $(VENV)/developer.stamp ## make a lecture of every core, and one of 45 minutes, in build/slides
	@$(BIN)/python -m tools.decks

site: $(VENV)/developer.stamp ## make the course as a site, from the stored outputs, in build/site
	@$(BIN)/python -m tools.pages
	@echo "open build/site/index.html"

handout: $(VENV)/reader.stamp ## write copies without outputs and solutions for a class, and a sheet of all predictions to print
	@$(BIN)/python -m tools.handout handout $(NB)

solutions: $(VENV)/reader.stamp ## write solved copies and run them; some minutes; one with NB=04
	@echo "Solving and running $(if $(NB),notebooks/$(NB)*,all notebooks)"
	@$(BIN)/python -m tools.handout solutions $(NB)

wheelhouse: $(BIN)/python ## download the packages into build/wheelhouse, to install them where there is no network
	@echo "Downloading the packages of requirements.txt, for computers like this one (once; up to 3 GB)"
	@$(PIP) download -r requirements.txt -d build/wheelhouse
	@echo "There: python -m venv .venv; .venv/bin/python -m pip install --no-index --find-links build/wheelhouse -r requirements.txt"

pace: $(VENV)/reader.stamp ## print how long each notebook takes a reader, and what makes it hard to read; one with NB=04
	@$(BIN)/python -m tools.pace $(NB)

bench: $(VENV)/developer.stamp ## print the table of times, memory and speed
	@echo "Measuring; leave the machine alone for some minutes"
	@$(BIN)/python -m tools.bench

links: $(VENV)/reader.stamp ## name another GitHub repository in all launch links
	@echo "Rewriting the launch links"
	@$(BIN)/python -m tools.links "$(REPO)"

lint: $(VENV)/developer.stamp ## only the style check
	@echo "ruff: style of helpers, tools, tests and notebooks"
	@$(BIN)/ruff check --output-format concise .

clean: ## remove caches and build products (.venv stays; delete it by hand to start over)
	@echo "Removing caches and build products"
	@rm -rf build .pytest_cache .ruff_cache
	@find . -path ./$(VENV) -prune -o -type d \( -name __pycache__ -o -name .ipynb_checkpoints -o -name .virtual_documents \) -prune -exec rm -rf {} +

# A stamp is newer than the list it installed, so that the next call starts at once and a changed list is installed anew.
$(VENV)/reader.stamp: requirements.txt | $(BIN)/python
	@echo "Installing requirements.txt into $(VENV) (once; some minutes and 2 GB)"
	@$(PIP) install -r requirements.txt
	@$(BIN)/python -m jupyterlab.labextensions disable --level=sys_prefix $(NEWS) >/dev/null 2>&1
	@touch $@

$(VENV)/developer.stamp: requirements-dev.txt $(VENV)/reader.stamp
	@echo "Installing requirements-dev.txt into $(VENV)"
	@$(PIP) install -r requirements-dev.txt
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "The course needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version 2>&1). Name a newer one: make lab PYTHON=python3.12"; exit 1; }
	@echo "Creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }
