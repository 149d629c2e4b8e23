# Everything a contributor or CI runs. `make help` lists the targets.
CONFIGURATION ?= Release
IMAGE ?= sluice-operator:dev
ARGS ?=

export DOTNET_NOLOGO = 1
export DOTNET_CLI_TELEMETRY_OPTOUT = 1
# No compiler or build node outlives the command that started it.
export MSBUILDDISABLENODEREUSE = 1
export UseSharedCompilation = false

# msbuild rather than build, which ends with a summary however quiet it is told to be.
BUILD = dotnet msbuild -nologo -verbosity:quiet -maxcpucount -property:Configuration=$(CONFIGURATION)
RESULTS = artifacts/test-results

.DEFAULT_GOAL := help
.PHONY: help demo sandbox run build restore test lint format generate verify e2e simulate simulate-power image clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: programs prometheus ## a release that succeeds and one that is rolled back, live, in two minutes
	@dotnet run --project src/Sluice.Sandbox --configuration Debug --no-build -- demo $(ARGS)

sandbox: programs prometheus ## the demo's cluster, Prometheus and operator, up until Ctrl-C
	@dotnet run --project src/Sluice.Sandbox --configuration Debug --no-build -- sandbox $(ARGS)

run: programs ## the operator on this machine, against the current kubeconfig (ARGS="--namespace shop")
	@dotnet run --project src/Sluice.Operator --configuration Debug --no-build -- run $(ARGS)

build: restore ## compile everything, analyzers on, warnings are errors
	@$(BUILD) Operator.sln

test: build prometheus postgresql go ## every test, end-to-end ones too; totals last
	@.ci/test $(CONFIGURATION) $(RESULTS) Operator.sln

# The build holds the code to its style and analyzers already; what it does not look at is white space.
lint: build ## analyzers, style and formatting
	@dotnet format whitespace --folder . --include src/ tests/ --verify-no-changes

format: ## put white space right
	@dotnet format whitespace --folder . --include src/ tests/

generate: build ## write what is generated: the CRDs, and the chart's copies of them
	@dotnet run --project src/Sluice.CrdGenerator --configuration $(CONFIGURATION) --no-build -- --output config/crd
	@rm -f charts/sluice/files/crds/*.yaml && cp config/crd/sluice.dev_*.yaml charts/sluice/files/crds/

verify: build ## fail when something generated, or a lock file, is out of date
	@.ci/verify $(CONFIGURATION)

e2e: build prometheus postgresql go ## the end-to-end tests; their scenarios on a cluster with KUBECONFIG=FILE, and on k3s where Docker runs
	@.ci/e2e $(CONFIGURATION) $(RESULTS) $(if $(filter command line,$(origin KUBECONFIG)),'$(abspath $(KUBECONFIG))')

simulate: build ## all single faults of the reference releases, and random histories (SEEDS=2000; CASE=name replays one)
	@dotnet run --project tests/Sluice.Simulation --configuration $(CONFIGURATION) --no-build -- simulate $(if $(CASE),--case $(CASE),$(if $(SEEDS),--seeds $(SEEDS))) $(ARGS)

# One build has all planted bugs in it, each behind a switch, in a copy of the source; analyzers have no say there.
POWER = artifacts/power/tree
simulate-power: build ## which planted bugs the simulation finds (ARGS="--only NAME,NAME")
	@dotnet run --project tests/Sluice.Simulation --configuration $(CONFIGURATION) --no-build -- plant . $(POWER)
	@dotnet msbuild $(POWER)/tests/Sluice.Simulation -restore -nologo -verbosity:quiet -maxcpucount -property:Configuration=Release \
	  -property:RunAnalyzers=false -property:TreatWarningsAsErrors=false -property:WarningLevel=0 -property:GenerateDocumentationFile=false
	@dotnet $(POWER)/tests/Sluice.Simulation/bin/Release/net10.0/Sluice.Simulation.dll power $(ARGS)

bench: build ## the performance figures beside their targets (ARGS="--only writes failover"); minutes, not a test
	@dotnet run --project tests/Sluice.Benchmarks --configuration $(CONFIGURATION) --no-build -- bench $(ARGS)

bench-analysis: build ## how often and how fast releases of known truth are decided, beside threshold rules (RUNS=1000; ARGS="--wide --seed 2"); fails on a broken promise
	@dotnet run --project tests/Sluice.Benchmarks --configuration $(CONFIGURATION) --no-build -- analysis $(if $(RUNS),--runs $(RUNS)) $(ARGS)

soak: build ## 10,000 releases through one operator process: memory, handles, threads, requests (ARGS="--releases 1000")
	@dotnet run --project tests/Sluice.Benchmarks --configuration $(CONFIGURATION) --no-build -- soak $(ARGS)

image: ## the operator's container image (IMAGE=name:tag)
	docker build --tag $(IMAGE) .

clean: ## remove what was built
	@rm -rf artifacts && find src tests -type d \( -name bin -o -name obj \) -prune -exec rm -rf {} +

# Writes the lock files of changed projects; with CI=true it fails on them instead.
restore: tools
	@dotnet restore Operator.sln --verbosity quiet || { echo "Lock files out of date? Run 'dotnet restore' and commit them." >&2; exit 1; }

# What the demo needs, without the time that analyzers take on a first build; in a configuration of its own, so that `make build` still runs them.
PROGRAM = dotnet msbuild -nologo -verbosity:quiet -maxcpucount -property:Configuration=Debug -property:RunAnalyzers=false
programs: restore
	@$(PROGRAM) src/Sluice.Operator
	@$(PROGRAM) src/Sluice.Sandbox

.PHONY: tools prometheus postgresql go programs
tools:
	@.ci/prerequisites dotnet kubectl

prometheus:
	@.ci/prerequisites prometheus

postgresql:
	@.ci/prerequisites postgresql

go:
	@.ci/prerequisites go
