# Targets for people and for CI; CONTRIBUTING.md tells what each is for.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV   := .venv
COUNTS := .build/counts
N      ?= 2000000
# Tests that need real clients take Python and the AWS CLI from the venv.
CLIENTS := PATH="$(CURDIR)/$(VENV)/bin:$$PATH" WEIR_PYTHON="$(CURDIR)/$(VENV)/bin/python" WEIR_TEST_PYTHON="$(CURDIR)/$(VENV)/bin/python"

.PHONY: build demo test test-e2e test-slow conformance ci lint bench generate flink-record fmt clean

build:      ## the binary, to .build/weir
	go build -o .build/weir ./cmd/weir

demo:       ## the walk-through, start to end
	go run ./cmd/weir demo

test: $(VENV)/installed ## vet, the build without cgo, every Go test; a failure of one hides no other
	@mkdir -p $(COUNTS); status=0; \
	check() { if "$${@:2}" >&2; then echo 1 0 0; else echo 0 1 0; status=1; fi >$(COUNTS)/$$1.counts; }; \
	check vet go vet ./...; \
	check nocgo env CGO_ENABLED=0 go build -o /dev/null ./cmd/weir; \
	$(CLIENTS) go test -json -p 2 -timeout 15m ./... | go run ./internal/lint/testcount -out $(COUNTS)/go.counts || status=1; \
	exit $$status

test-e2e: build $(VENV)/installed ## real clients against a real server
	$(CLIENTS) $(VENV)/bin/python test/e2e/run.py --weir .build/weir --out $(COUNTS)/e2e.counts

test-slow: build $(VENV)/installed ## the long forms: twenty kills in a row, large numbers, Flink's clients
	E2E_LONG=1 $(CLIENTS) $(VENV)/bin/python test/e2e/run.py --weir .build/weir --out $(COUNTS)/slow.counts

conformance: build ## Flink's own test cases, where ../shared has them; ARGS=--record writes the scores
	$(PYTHON) test/conformance/run.py --weir .build/weir --out $(COUNTS)/conformance.counts $(ARGS)

ci:         ## test, then test-e2e, then one line of counts
	@rm -rf $(COUNTS); status=0; \
	$(MAKE) test || status=1; \
	$(MAKE) test-e2e || status=1; \
	$(MAKE) conformance || status=1; \
	go run ./internal/lint/testcount -sum $(addprefix $(COUNTS)/,vet.counts nocgo.counts go.counts e2e.counts conformance.counts) || status=1; \
	exit $$status

lint:       ## the house rules alone
	go test ./internal/lint

bench: build $(VENV)/installed ## jobs A to D against the limit program, then the server; N=10000000 for the full size
	$(VENV)/bin/python bench/run.py --weir .build/weir --records $(N)
	$(VENV)/bin/python bench/service.py --weir .build/weir

generate: $(VENV)/installed ## AWS shapes from the pinned botocore's models
	go run ./internal/aws/model/gen -botocore "$$("$(VENV)/bin/python" -c 'import botocore, os; print(os.path.dirname(botocore.__file__))')/data"

flink-record: ## answers of test/logic that are missing, from a real Flink; ARGS="--again FILE" asks anew
	$(PYTHON) test/flinkrecord/record.py --home .build/flink $(ARGS)

fmt:        ## gofmt on all of it
	gofmt -w cmd internal python bench

clean:      ## what was built, not the venv
	rm -rf .build

# The venv is made anew when the pins change; where Python has no ensurepip
# (Debian without python3-venv) the system's pip fills it.
$(VENV)/installed: test/e2e/requirements.txt
	$(PYTHON) -m venv --clear $(VENV) || $(PYTHON) -m venv --clear --without-pip $(VENV)
	if $(VENV)/bin/python -m pip --version >/dev/null 2>&1; then pip="$(VENV)/bin/python -m pip"; \
	else pip="$(PYTHON) -m pip --python $(VENV)/bin/python"; fi; \
	$$pip install --quiet --disable-pip-version-check --no-deps -r test/e2e/requirements.txt
	touch $@
