# Every verb of the project, and what each of them needs on a machine that has only
# Python >= 3.11, Node >= 20 and make. `make` alone prints them.

PYTHON ?= python3
WORKERS ?= 2

PROJECT := .venv/project/bin/python
VENVS := .venv/project/.ready .venv/emulator/.ready .venv/lambda/.ready
READY := $(VENVS) node_modules/.ready
TYPED := app.py functions infra local clients/python tests benchmarks

# jsii's warning that Node 20 has reached its end fills a screen; it works there all the same.
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := 20

export EMULATOR_PORT TWIN_PORT DATA OPENING_STOCK_FACTOR BACKLOG IMPORT_WORKERS

.DEFAULT_GOAL := help
.PHONY: help run demo test check synth proof bench sbom advisories clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: $(READY) ## the whole system on this machine, until Ctrl-C (EMULATOR_PORT, TWIN_PORT)
	@exec $(PROJECT) -m local.run

demo: $(READY) ## a made-up day, or a real month (DATA, OPENING_STOCK_FACTOR, BACKLOG), compared
	@exec $(PROJECT) -m local.demo$(if $(DATA),.month)

test: $(READY) ## the whole test suite, in under ten minutes on two cores (WORKERS)
	@$(PROJECT) -m pytest -q -n $(WORKERS)

check: $(READY) ## style, types, templates, import rules, generated files, licences; counts the exceptions
	@echo "style";      $(PROJECT) -m ruff check . && $(PROJECT) -m ruff format --check -q .
	@echo "types";      $(PROJECT) -m mypy $(TYPED) && npm run --silent check
	@echo "templates";  $(MAKE) --no-print-directory synth
	@.venv/project/bin/cfn-lint -i W3005 -- cdk.out/*.template.json
	@echo "rules";      $(PROJECT) -m pytest -q tests/rules
	@$(PROJECT) -m local.supply.licences
	@$(PROJECT) tests/rules/exceptions.py

synth: $(READY) ## production's templates into cdk.out/, without network, account or Docker
	@rm -rf cdk.out
	@node_modules/.bin/cdk synth --quiet --no-notices --no-version-reporting --app "$(PROJECT) app.py" --output cdk.out

proof: $(READY) ## the long runs; their results are committed under docs/proof/
	@PROOF=1 $(PROJECT) -m pytest -q -n $(WORKERS) -m slow

bench: $(READY) ## figures beside the least that would do; WRITE=1 puts them into docs/proof/
	@$(PROJECT) -m benchmarks $(if $(WRITE),--write)

sbom: $(READY) ## what a release is made of, as CycloneDX files in .local/sbom
	@$(PROJECT) -m local.supply.sbom

advisories: $(READY) ## known holes in what is locked; needs the network, fails without an answer
	@$(PROJECT) -m local.supply.advisories

clean: ## remove all that the other verbs made, but not what they downloaded
	rm -rf .local .cache cdk.out cdk.out.* .pytest_cache .mypy_cache .ruff_cache .hypothesis clients/hubspot/dist

.venv/project/.ready: requirements.txt
	$(call venv,project,requirements.txt)
	@$(PROJECT) -c "import pathlib, site; \
	pathlib.Path(site.getsitepackages()[0], 'countersign.pth').write_text('$(CURDIR)/clients/python\n')"
	@touch $@

.venv/emulator/.ready: local/requirements.txt
	$(call venv,emulator,local/requirements.txt)
	@touch $@

.venv/lambda/.ready: local/lambda-requirements.txt
	$(call venv,lambda,local/lambda-requirements.txt)
	@touch $@

node_modules/.ready: package.json package-lock.json
	@node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' || { echo "Node 20 or newer is needed"; exit 1; }
	@echo "installing the Node packages"
	@npm ci --silent --no-audit --no-fund
	@touch $@

# $(1): the environment's name, $(2): its lock file with hashes
define venv
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12"; exit 1; }
	@echo "installing $(2) into .venv/$(1)"
	@$(PYTHON) -m venv .venv/$(1)
	@.venv/$(1)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(2)
endef
