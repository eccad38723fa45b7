# Everything a person runs here. Each goal installs what it needs; the second time it takes seconds.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
# Goals follow each other: packages, viewer, binary, tests. The tools use all cores by themselves.
.NOTPARALLEL:

PORT ?= 8080
# Where the real data of the tests lies; see tests/clients/README.md.
export TERRIL_SHARED ?= $(abspath ../shared)
export TERRIL_BIN := $(abspath target/release/terril)

NODE := scripts/node.sh
VIEWER_SOURCES := $(shell find viewer styles -type f \
  -not -path '*/node_modules/*' -not -path 'viewer/dist/*' 2>/dev/null)

.PHONY: help serve test test-long bench cite clients-page formats-page golden fmt lint build viewer clean
.PHONY: install-serve install-test install-bench install-cite

help:
	@echo 'make serve      build everything, serve data/ at http://127.0.0.1:$(PORT)/'
	@echo 'make test       run every test; ends with a table'
	@echo 'make test-long  soaks, 10,000,000 features, full walks, fuzzing; writes docs/long-tests.md'
	@echo 'make bench      measure beside PostGIS; writes docs/benchmarks.md'
	@echo 'make cite       run the official OGC suite, where Maven Central has it; see tests/cite'
	@echo 'make clients-page  write docs/clients.md from what make test has reported'
	@echo 'make formats-page write docs/formats.md from what a server reads of ../shared/data'
	@echo 'make golden     rewrite the expected files under tests/golden; read the diff'
	@echo 'make fmt lint   format; clippy and rustdoc with warnings denied'

serve: install-serve build
	@echo 'vos vraies données (your own data): target/release/terril get territoire 62737, then target/release/terril serve territoire-62737'
	target/release/terril serve data --host 127.0.0.1 --port $(PORT)

# One profile for everything, so that what is tested is what is served and no dependency is built twice.
build: viewer
	@command -v cargo >/dev/null || { echo 'no cargo: install a Rust toolchain first' >&2; exit 1; }
	cargo build --release --locked

# The binary embeds viewer/dist, so it comes before every cargo command.
viewer: viewer/dist/index.html

viewer/dist/index.html: viewer/node_modules/.package-lock.json $(VIEWER_SOURCES)
	cd viewer && ../$(NODE) npm run build
	@touch $@ src/http/viewer.rs # the files are embedded there, and new ones among them are not noticed otherwise

viewer/node_modules/.package-lock.json: viewer/package-lock.json | install-serve
	cd viewer && ../$(NODE) npm ci --no-audit --no-fund
	@touch $@

test: install-test build
	"$$(scripts/python.sh)" scripts/run_tests.py $(TEST_FLAGS)

test-long: install-test build
	"$$(scripts/venv.sh)" tests/long/run.py $(LONG_FLAGS)
	"$$(scripts/venv.sh)" benches/report.py

bench: install-bench build
	"$$(scripts/venv.sh)" benches/run.py $(BENCH_FLAGS)
	"$$(scripts/venv.sh)" benches/report.py

cite: install-cite build
	"$$(scripts/python.sh)" scripts/run_tests.py --strict --only cite

clients-page:
	"$$(scripts/python.sh)" scripts/clients_page.py

formats-page: install-test build
	"$$(scripts/venv.sh)" scripts/formats_page.py

golden: install-test viewer
	TERRIL_GOLDEN=update cargo test --release --locked golden

fmt:
	cargo fmt

lint: viewer
	cargo fmt --check
	cargo clippy --release --locked --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --release --locked --no-deps --document-private-items

install-serve:
	@scripts/install.sh serve

install-test:
	@scripts/install.sh test

install-bench:
	@scripts/install.sh bench

install-cite:
	@scripts/install.sh cite

clean:
	cargo clean
	rm -rf viewer/dist viewer/node_modules tests/e2e/node_modules
