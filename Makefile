# The manual: `make` lists what there is.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check chat i18n transcripts nlu bench soak lock clean
PORT ?= 8000
NLU ?= auto
PHONE ?= +919000000001
M := .venv/bin/mgramseva

help:  ## list the commands
	@grep -E '^[a-z0-9]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /	/' | expand -t 16

setup:  ## install everything into .venv
	@sh scripts/setup.sh

demo: setup  ## start everything with three real villages on http://127.0.0.1:8000 (PORT=…, NLU=off)
	@exec "$(CURDIR)/$(M)" demo --port $(PORT) --nlu $(NLU)

test: setup  ## run the whole test suite
	@sh scripts/nlu.sh || true
	@MGRAMSEVA_TEST_CHROMIUM="$$(sh scripts/browser.sh | tail -1)" .venv/bin/python -m pytest -m "not soak" -rs -n 2 --dist loadfile

check: setup  ## ruff, mypy, import contracts, flows, catalogues
	@.venv/bin/ruff check bot backend benchmarks tests
	@.venv/bin/python -m mypy
	@.venv/bin/lint-imports --no-cache
	@$(M) flows check
	@$(M) i18n check

chat: setup  ## talk in the terminal (PHONE=+91…)
	@$(M) chat --phone $(PHONE)

i18n: setup  ## bring the catalogues up to date
	@$(M) i18n extract

transcripts: setup  ## rewrite the golden transcripts of the flows
	@.venv/bin/python -m pytest tests/flows --update-transcripts

nlu: setup  ## train the understanding: the built-in model, and Rasa, which is set up first
	@$(M) nlu train
	@sh scripts/nlu.sh

bench: setup  ## run the benchmarks
	@$(M) bench chat
	@$(M) bench nlu

soak: setup  ## the long tests
	@.venv/bin/python -m pytest -m soak

lock: setup  ## lock the requirements anew
	@for f in app dev; do uv pip compile --quiet --upgrade --generate-hashes --universal --no-header --python-version 3.11 requirements/$$f.in -o requirements/$$f.txt; done
	@uv pip compile --quiet --upgrade --generate-hashes --no-header --python-version 3.10 --python-platform x86_64-unknown-linux-gnu nlu/pyproject.toml -o nlu/requirements.txt

clean:  ## remove what setup and demo made
	@rm -rf .venv .uv var nlu/.venv nlu/models .mypy_cache .ruff_cache .pytest_cache .hypothesis
