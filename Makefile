# Odyssey: mission control for drone fleets in a terminal. `make help` lists
# what can be made. Everything built goes to build/ (BUILD=dir for elsewhere);
# SANITIZE=address,undefined or SANITIZE=thread makes an instrumented build.

BUILD ?= build
CC ?= cc
PREFIX ?= /usr/local
DESTDIR ?=
PYTHON ?= /usr/bin/python3
SANITIZE ?=

PACKAGES := libzmq msgpack sqlite3 inih libzstd proj jansson libxml-2.0 uuid
UNIT_PACKAGES := cmocka

PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
PKG_LIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)

CFLAGS ?= -O2 -g
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla $(if $(WERROR),-Werror)
ALL_CFLAGS := -std=c11 -D_GNU_SOURCE -fPIC -pthread $(WARNINGS) $(CFLAGS) -Isrc -Isim $(PKG_CFLAGS)
ALL_LDFLAGS := -pthread $(LDFLAGS)
LIBS := $(PKG_LIBS) -lm
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

all: $(PROGRAMS)

$(BUILD)/odyssey: $(BUILD)/obj/src/app/main.o $(BUILD)/libodyssey.a
$(BUILD)/odyssey-sim: $(BUILD)/obj/sim/main.o $(BUILD)/libsim.a $(BUILD)/libodyssey.a
$(PROGRAMS):
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

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
	$(CC) $(ALL_CFLAGS) -MMD -MP -MF $@.d $(ALL_LDFLAGS) -o $@ $< $(BUILD)/libsim.a $(BUILD)/libodyssey.a $(LIBS)

unit: $(UNIT_BIN)
	@for t in $(UNIT_BIN); do $$t || exit 1; done

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)

.PHONY: all unit FORCE
.DELETE_ON_ERROR:
