# Targets of a few lines; what they do in more is in tools/.
.DEFAULT_GOAL := help
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
WEB := server/console/web
CONSOLE := $(WEB)/dist/index.html
GO_BUILD := CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)'

.PHONY: help setup build deb run check test bench lab soak generate clean

help: ## List the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

setup: ## Install what this machine lacks to build and run
	@tools/setup run

build: $(CONSOLE) ## Build bin/noded, bin/nodectl, bin/tapd and bin/picket
	@mkdir -p bin
	$(GO_BUILD) -o bin/ ./server/cmd/noded ./server/cmd/nodectl ./appliance/cmd/tapd ./tools/picket

deb: $(CONSOLE) ## Build dist/picket-tap_… and picket-node_VERSION_ARCH.deb, for amd64 and arm64
	@go run ./tools/deb -version $(VERSION) $(ARCH)

# The console, when one of its sources is newer than what was built from them.
$(CONSOLE): $(shell find $(WEB) -path $(WEB)/node_modules -prune -o -path $(WEB)/dist -prune -o -path $(WEB)/e2e -prune -o -type f -print 2>/dev/null)
	@tools/setup run
	cd $(WEB) && npm run build

run: setup build ## Start a node, its database and a tap on this machine
	@go build -o .tools/bin/run ./tools/run
	@exec .tools/bin/run $(ARGS)

check: ## The fast part: format, vet, lint, import rules, types, unit tests
	@tools/setup test
	@tools/check

test: ## Everything, real parts included
	@tools/setup test
	@tools/test

bench: ## Benchmarks in benchstat's format, with what each is compared against
	@tools/setup bench
	@go run ./tools/bench $(ARGS)

lab: ## Play radio scenarios in a virtual machine: make lab ARGS="run office"
	@tools/setup lab
	@go run ./tools/picket lab $(or $(ARGS),list)

soak: ## The long campaigns, resumable, a figure a line at the end
	@tools/setup test
	@go run ./tools/soak $(ARGS)

generate: ## Write generated code again: protobuf, OpenAPI, TypeScript types
	@tools/setup generate
	@tools/generate

clean: ## Remove what building made; .picket, the data of make run, stays
	rm -rf bin dist .tools $(WEB)/node_modules
	find $(WEB)/dist -mindepth 1 ! -name .gitkeep -delete
