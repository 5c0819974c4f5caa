# The commands of the course. All paths are relative, so that a folder may have any name.

# An existing .venv keeps its Python unless another one is asked for: PYTHON=python3.12 make lab
PYTHON ?= $(shell test -x .venv/bin/python && echo .venv/bin/python || echo python3)
VENV_PYTHON = .venv/bin/python

# What a shell may have set for something else must not leak into our environment.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV CONDA_PREFIX PIP_USER PIP_TARGET PIP_PREFIX UV_SYSTEM_PYTHON MPLBACKEND \
	PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help lab fresh test test-unfriendly test-matrix notebooks site slides student bench \
	grade format lint pins clean install-lab install-test

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*  ## /\1|/p' Makefile | awk -F'|' '{ printf "  make %-15s %s\n", $$1, $$2 }'

lab: install-lab  ## open the lessons (your own copies, in work/); LAB_ARGS="--port=9000" for JupyterLab
	@exec $(VENV_PYTHON) scripts/workspace.py lab $(LAB_ARGS)

fresh: install-lab  ## make fresh LESSON=01: a new copy of a lesson; yours is kept under a dated name
	@$(VENV_PYTHON) scripts/workspace.py fresh "$(LESSON)"

# tests/conftest.py says which tests must share a process.
ALL_CORES = -n auto --maxprocesses 4

test: install-test  ## all tests; ARGS="-k name" for some
	@$(VENV_PYTHON) -m pytest $(or $(ARGS),$(ALL_CORES))

test-unfriendly: install-test  ## every lesson in JupyterLab, used as nobody should (half an hour)
	@$(VENV_PYTHON) -m pytest --unfriendly tests/unfriendly $(ARGS)

test-matrix: install-test  ## the tests on each Python, with newest and lowest packages (needs uv); ARGS=--list
	@$(VENV_PYTHON) -m nox $(ARGS)

notebooks: install-test  ## execute the lessons and store them normalised; ARGS=notebooks/01_*.ipynb for some
	@$(VENV_PYTHON) scripts/notebooks.py $(ARGS)
	@$(VENV_PYTHON) -m scripts.minutes

site: install-test  ## the lessons as a website, in build/site/
	@$(VENV_PYTHON) -m scripts.website $(ARGS)

slides: install-test  ## the lessons as slides, in build/slides/; ARGS=--check looks at every page in Chromium
	@$(VENV_PYTHON) -m scripts.slides $(ARGS)

student: install-test  ## the lessons without solutions and results, in build/student/; ARGS="--to FOLDER"
	@$(VENV_PYTHON) -m scripts.student $(ARGS)

grade: install-lab  ## make grade FOLDER=submissions: a class's mistakes, as a report; ARGS=--anonymous
	@$(VENV_PYTHON) -m course_lib grade "$(or $(FOLDER),submissions)" $(ARGS)

bench: install-test  ## timings against other ways to do the same; ARGS=descent for one topic
	@$(VENV_PYTHON) scripts/peers.py
	@build/bench/.venv/bin/python -m benchmarks $(ARGS)

format: install-test  ## format the code, notebooks included
	@$(VENV_PYTHON) -m ruff check --fix .
	@$(VENV_PYTHON) -m ruff format .

lint: install-test  ## say what "make format" would change
	@$(VENV_PYTHON) -m ruff check .
	@$(VENV_PYTHON) -m ruff format --check .

pins:  ## write constraints.txt anew (needs uv); ARGS=--upgrade for newer versions
	uv pip compile --quiet --universal --python-version 3.11 --all-extras \
		--no-annotate --custom-compile-command "make pins" $(ARGS) -o constraints.txt pyproject.toml

clean:  ## remove what was installed or built; work/ stays
	rm -rf .venv build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# The script returns at once when .venv is ready. It is written for a Python that was checked first.
install-lab install-test: install-%:
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "There is no '$(PYTHON)' here. Install Python 3.11 or newer and call make again."; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "The course needs Python 3.11 or newer; '$(PYTHON)' is $$("$(PYTHON)" -V 2>&1)."; \
		echo "If another one is installed, name it, for example: PYTHON=python3.12 make lab"; exit 1; }
	@"$(PYTHON)" scripts/install.py $*
