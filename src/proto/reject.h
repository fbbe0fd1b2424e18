/*
 * Why bytes from outside were refused. Decoders fill a `struct reject`; the
 * daemon counts by reason and keeps the bytes in the rejects table.
 */
#ifndef PROTO_REJECT_H
#define PROTO_REJECT_H

enum reject_reason {
	REJECT_FRAMES,    /* not a topic and a body */
	REJECT_TOPIC,     /* topic's id is no id, or is not the body's */
	REJECT_TOO_BIG,   /* over BODY_MAX bytes */
	REJECT_TOO_DEEP,  /* nested deeper than DEPTH_MAX */
	REJECT_TRUNCATED, /* ends in mid-value, or promises more than it holds */
	REJECT_TRAILING,  /* bytes after the value */
	REJECT_SHAPE,     /* an array or map where the other belongs */
	REJECT_MISSING,   /* a required element or key is absent or nil */
	REJECT_TYPE,      /* a value of another type */
	REJECT_RANGE,     /* a value outside its range, or not finite */
	REJECT_TEXT,      /* not UTF-8, or no id where one belongs */
	REJECT_OWNER,     /* a drone that another source owns */
	REJECT_REPLAY,    /* live topic from a source that replays */
	REJECT_COUNT
};

struct reject {
	enum reject_reason reason;
	char detail[120]; /* for a person: "lat: 950000000 is not within -900000000 to 900000000" */
};

/* "too-deep" and so on: the word in tables and counts. */
const char *reject_name(enum reject_reason reason);
/* The same as half a sentence. */
const char *reject_help(enum reject_reason reason);
/* Fills it in and returns -1. */
int reject_set(struct reject *why, enum reject_reason reason, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
