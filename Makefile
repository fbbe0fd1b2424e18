# Odyssey: mission control for drone fleets in a terminal. `make help` lists
# what can be made. Everything built goes to build/ (BUILD=dir for elsewhere);
# SANITIZE=address,undefined or SANITIZE=thread makes an instrumented build.

BUILD ?= build
CC ?= cc
PREFIX ?= /usr/local
DESTDIR ?=
PYTHON ?= /usr/bin/python3
SANITIZE ?=

PACKAGES := libzmq msgpack sqlite3 inih libzstd proj jansson libxml-2.0 uuid ncursesw shapelib libsodium
UNIT_PACKAGES := cmocka

PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
PKG_LIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla $(if $(WERROR),-Werror)
ALL_CFLAGS := -std=c11 -D_GNU_SOURCE -fPIC -pthread $(WARNINGS) $(CFLAGS) -Isrc -Isim $(PKG_CFLAGS)
ALL_LDFLAGS := -pthread $(LDFLAGS)
# GEOS says its flags for C++; its C interface is one library.
LIBS := $(PKG_LIBS) -lgeos_c -lm
ifneq ($(SANITIZE),)
ALL_CFLAGS += -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
ALL_LDFLAGS += -fsanitize=$(SANITIZE)
endif

LIB_SRC := $(filter-out src/app/main.c,$(wildcard src/*/*.c))
SIM_SRC := $(filter-out sim/main.c,$(wildcard sim/*.c))
UNIT_SRC := $(wildcard tests/unit/test_*.c)
BENCH_SRC := $(wildcard tests/bench/*.c)

LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/obj/%.o)
SIM_OBJ := $(SIM_SRC:%.c=$(BUILD)/obj/%.o)
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/tests/%)
BENCH_BIN := $(BENCH_SRC:tests/bench/%.c=$(BUILD)/bench/%)

PROGRAMS := $(BUILD)/odyssey $(BUILD)/odyssey-sim

EXTENSION := $(BUILD)/odyssey_history.so
EXTENSION_SRC := $(addprefix src/history/,extension.c vtab.c vtab_telemetry.c vtab_rows.c tables.c scan.c \
    plain.c chunk.c delta.c days.c schema.c) $(addprefix src/base/,buf.c err.c mem.c str.c clock.c) \
    $(addprefix src/proto/,sample.c fields.c wire.c wire_json.c messages.c keys.c topic.c reject.c)

all: $(PROGRAMS) $(EXTENSION) ## build everything into build/

$(BUILD)/odyssey: $(BUILD)/obj/src/app/main.o $(BUILD)/libodyssey.a
$(BUILD)/odyssey-sim: $(BUILD)/obj/sim/main.o $(BUILD)/libsim.a $(BUILD)/libodyssey.a
$(PROGRAMS):
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

# The history's tables for the sqlite3 shell. Its symbols stay its own.
$(EXTENSION): $(EXTENSION_SRC) $(BUILD)/flags
	$(CC) $(ALL_CFLAGS) -DHISTORY_EXTENSION -shared -Wl,-Bsymbolic $(ALL_LDFLAGS) -o $@ $(EXTENSION_SRC) \
	    $(shell pkg-config --libs msgpack libzstd) -lm

$(BUILD)/libodyssey.a: $(LIB_OBJ)
$(BUILD)/libsim.a: $(SIM_OBJ)
%.a:
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Objects are made again when compiler or flags change.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(ALL_CFLAGS)' | cmp -s - $@ || echo '$(CC) $(ALL_CFLAGS)' > $@

# One unit test: make build/tests/test_str && build/tests/test_str
$(BUILD)/tests/%: tests/unit/%.c $(BUILD)/libsim.a $(BUILD)/libodyssey.a $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -MF $@.d $(shell pkg-config --cflags $(UNIT_PACKAGES)) -Itests/unit \
	    $(ALL_LDFLAGS) -o $@ $< $(BUILD)/libsim.a $(BUILD)/libodyssey.a $(LIBS) $(shell pkg-config --libs $(UNIT_PACKAGES))

$(BUILD)/bench/%: tests/bench/%.c $(BUILD)/libsim.a $(BUILD)/libodyssey.a $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -Itests/bench -MMD -MP -MF $@.d $(ALL_LDFLAGS) -o $@ $(filter %.c,$^) $(BUILD)/libsim.a $(BUILD)/libodyssey.a $(LIBS)

$(BUILD)/bench/day_make: tests/bench/parts/day_story.c tests/bench/parts/day_story.h

unit: $(UNIT_BIN) ## run the unit tests of this build
	@for t in $(UNIT_BIN); do $$t || exit 1; done

deps: ## install what is missing (Debian; elsewhere: name it and stop)
	@tools/deps

demo: deps ## a simulated fleet of 12, the daemon and its telemetry, in a corner of their own
	@$(MAKE) --no-print-directory all
	@tools/demo $(BUILD)

test: deps ## every test
	@$(MAKE) --no-print-directory run-tests

run-tests: all unit $(BUILD)/bench/day_make
	$(call pytest,)

test-asan: deps ## unit and end-to-end tests under address and undefined-behaviour sanitizers
	@$(MAKE) --no-print-directory run-sanitized BUILD=$(BUILD)/asan SANITIZE=address,undefined CFLAGS='-O1 -g'

test-tsan: deps ## the same under the thread sanitizer
	@$(MAKE) --no-print-directory run-sanitized BUILD=$(BUILD)/tsan SANITIZE=thread CFLAGS='-O1 -g'

# libzmq is not instrumented: what the thread sanitizer says of its insides is
# in tests/tsan.supp. End-to-end tests marked slow are left to `make test`.
run-sanitized: export TSAN_OPTIONS = suppressions=$(CURDIR)/tests/tsan.supp halt_on_error=1 second_deadlock_stack=1
run-sanitized: export UBSAN_OPTIONS = print_stacktrace=1
run-sanitized: all unit $(BUILD)/bench/day_make
	$(call pytest,-m 'not slow')

# Real programs under real clocks: they wait more than they work, so four files
# run at once; and on a machine that stands still for seconds a test may fail that
# is right. What failed is run once more, alone, and that counts.
E2E_JOBS ?= 4
run_pytest = ODYSSEY_BUILD=$(abspath $(BUILD)) $(PYTHON) -m pytest -q -o cache_dir=$(abspath $(BUILD))/pytest
pytest = $(run_pytest) -n $(E2E_JOBS) --dist loadfile $(1) tests/e2e || { echo 'what failed once more, alone:'; $(run_pytest) --lf $(1) tests/e2e; }

FUZZ_SECONDS ?= 20
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
fuzz: deps ## run every fuzzer for FUZZ_SECONDS (20) each
	@$(MAKE) --no-print-directory run-fuzz BUILD=$(BUILD)/fuzz CC=clang SANITIZE=fuzzer-no-link,address,undefined CFLAGS='-O1 -g'

run-fuzz: $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz/%)
	@for f in $^; do n=$$(basename $$f); mkdir -p $(BUILD)/corpus/$$n; echo "== $$n"; \
	    seeds=tests/fuzz/corpus/$$n; [ -d $$seeds ] || seeds=; \
	    $$f -max_total_time=$(FUZZ_SECONDS) -timeout=5 -rss_limit_mb=512 -verbosity=0 -print_final_stats=0 \
	        -artifact_prefix=$(BUILD)/ $(BUILD)/corpus/$$n $$seeds || exit 1; done

$(BUILD)/fuzz/%: tests/fuzz/%.c $(BUILD)/libsim.a $(BUILD)/libodyssey.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -pthread -fsanitize=fuzzer,address,undefined -o $@ $< $(BUILD)/libsim.a $(BUILD)/libodyssey.a $(LIBS)

soak: deps ## the history under what takes minutes: locked, full, killed, restarted (SOAK=lock for one)
	@$(MAKE) --no-print-directory run-soak

run-soak: all $(BUILD)/bench/feed_watch
	ODYSSEY_BUILD=$(abspath $(BUILD)) $(PYTHON) tests/soak/soak.py $(SOAK)

bench: deps ## every figure beside its bar (BENCH_SECONDS=60 for the load)
	@$(MAKE) --no-print-directory run-bench

run-bench: all $(BENCH_BIN)
	$(PYTHON) tests/bench/bench.py --build $(abspath $(BUILD))

bench-day: deps ## replay and history on a whole day of 500 drones, made once in ODYSSEY_DAY (10 GB, 20 minutes)
	@$(MAKE) --no-print-directory run-bench-day

run-bench-day: all $(BUILD)/bench/day_make $(BUILD)/bench/day_bench
	$(PYTHON) tests/bench/bench.py --build $(abspath $(BUILD)) --only day

fmt: ## format the C sources
	clang-format -i $(wildcard src/*/*.[ch] sim/*.[ch] tests/*/*.[ch])

check-layers: ## who includes whom, against the table in tools/check-layers
	@$(PYTHON) tools/check-layers

check-docs: deps ## manual pages, README and odyssey.conf against the tables
	@$(MAKE) --no-print-directory all
	@$(PYTHON) tools/check-docs $(BUILD)

docs: all ## write the tables into the manual pages
	@$(PYTHON) tools/check-docs --write $(BUILD)

shots: deps ## make the pictures of the README anew, into docs/shots (three minutes)
	@$(MAKE) --no-print-directory all
	@$(PYTHON) tools/shots $(BUILD)

# The detailed world is 240 MB and takes half a minute: not part of `all`.
maps: ## the world's coast, borders and rivers in detail, into build/maps (gmt, gdal-bin)
	@tools/make-maps detailed $(abspath $(BUILD))/maps

MAN := $(wildcard man/*.[1-8])
install: all ## install below PREFIX (/usr/local), staged in DESTDIR
	install -d $(DESTDIR)$(PREFIX)/bin $(foreach n,1 5 7,$(DESTDIR)$(PREFIX)/share/man/man$(n))
	install -d $(DESTDIR)$(PREFIX)/share/odyssey $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions
	install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	install -d $(DESTDIR)$(PREFIX)/lib/odyssey
	install -m 755 $(EXTENSION) $(DESTDIR)$(PREFIX)/lib/odyssey
	install -m 644 odyssey.conf $(DESTDIR)$(PREFIX)/share/odyssey
	for d in . world vaduz; do install -d $(DESTDIR)$(PREFIX)/share/odyssey/maps/$$d && \
	    find maps/$$d -maxdepth 1 -type f -exec install -m 644 -t $(DESTDIR)$(PREFIX)/share/odyssey/maps/$$d {} + || exit 1; done
	for m in $(MAN); do install -m 644 $$m $(DESTDIR)$(PREFIX)/share/man/man$${m##*.}/ || exit 1; done
	$(BUILD)/odyssey completion bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/odyssey
	$(BUILD)/odyssey completion zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_odyssey

uninstall: ## take it away again
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/bin/,$(notdir $(PROGRAMS))) $(DESTDIR)$(PREFIX)/lib/odyssey/$(notdir $(EXTENSION))
	rm -f $(foreach m,$(MAN),$(DESTDIR)$(PREFIX)/share/man/man$(subst .,,$(suffix $(m)))/$(notdir $(m)))
	rm -rf $(DESTDIR)$(PREFIX)/share/odyssey/maps
	rm -f $(DESTDIR)$(PREFIX)/share/odyssey/odyssey.conf $(DESTDIR)$(PREFIX)/share/bash-completion/completions/odyssey $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_odyssey

clean: ## remove what was built
	rm -rf $(BUILD)

help: ## this list
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

.PHONY: all unit deps demo test run-tests test-asan test-tsan run-sanitized fuzz run-fuzz soak run-soak bench run-bench bench-day run-bench-day \
    fmt check-layers check-docs docs shots maps install uninstall clean help FORCE
.DELETE_ON_ERROR:
