/*
 * --fields lat,lon,height: the names a person asks for, checked against the
 * telemetry fields and the names that a command adds to them.
 */
#ifndef APP_FIELD_LIST_H
#define APP_FIELD_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "proto/sample.h"

#define FIELD_LIST_MAX 64

struct field_list {
	struct {
		char name[ID_SIZE];
		enum field field; /* FIELD_COUNT: one of the command's own */
	} items[FIELD_LIST_MAX];
	size_t count;
};

/* others is ended by NULL. 0, or -1 with a sentence that names the wrong one
 * and what it may have been meant for. */
int field_list_parse(struct field_list *list, const char *text, const char *const *others,
    struct err *err);

/* A field of a sample as text in its unit, or as JSON; unknown is "-" or
 * null. A position that is not valid is unknown here: it may be an estimate
 * and must not be taken for where the drone is. */
void field_write(struct buf *out, const struct sample *s, enum field field, bool json);
/* The field in its unit with so many decimals and the unit behind it, "-" for
 * unknown; never "-0.0". For tables and lines that people read. */
void field_write_short(struct buf *out, const struct sample *s, enum field field, int decimals,
    const char *unit);
/* True where that field is a position of the drone itself. */
bool field_is_position(enum field field);

#endif
