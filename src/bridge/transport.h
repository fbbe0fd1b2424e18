/*
 * The ways MAVLink comes in and goes out, one table of them:
 *
 *	udp:[HOST:]PORT         listens; any number of vehicles on one port
 *	udpout:HOST:PORT        sends there, takes what comes back
 *	tcp:HOST:PORT           connects, and again for ever, waiting longer each time
 *	serial:DEV:BAUD         a radio or cable; opened again when it comes back
 *	tlog:FILE[,speed=X][,loop][,times=now|file]
 *
 * A transport never blocks. It hands out whole frames, with the peer that
 * each came from. Queues to peers are bounded: what does not fit is dropped
 * and counted, as a radio would.
 */
#ifndef BRIDGE_TRANSPORT_H
#define BRIDGE_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"
#include "bridge/frame.h"
#include "bridge/lookup.h"
#include "bridge/tlog.h"

#define TRANSPORT_SPEC_SIZE 256
#define TRANSPORT_PEERS 256      /* of a listening port; the longest silent goes first */
#define TRANSPORT_OUT_MAX 65536  /* bytes waiting on a stream */
#define TRANSPORT_READ_MAX 2048

struct peer {
	struct sockaddr_storage address;
	socklen_t len;               /* 0: free */
	int64_t heard_ms;
};

struct transport;

struct transport_ops {
	const char *name, *syntax, *help;
	int (*parse)(struct transport *t, const char *rest, struct err *err);
	/* Opens or connects; called again after retry_at_ms where fd is -1. -1 with
	 * a sentence: it will be tried again, unless it is the first time and
	 * must_open is set. */
	int (*open)(struct transport *t, int64_t now_ms, struct err *err);
	/* Bytes into t->in: how many, 0 for none now, -1 where the line is down. */
	ssize_t (*read)(struct transport *t, int64_t now_ms);
	bool (*send)(struct transport *t, const struct peer *to, const uint8_t *bytes, size_t len);
	bool must_open;   /* what cannot be opened at start is an error */
	bool datagrams;
};

struct transport {
	char spec[TRANSPORT_SPEC_SIZE];
	const struct transport_ops *ops;
	char host[128], port[64]; /* serial: device and baud */
	struct lookup *lookup;    /* of the host; NULL: none under way */
	unsigned attempts;        /* to connect: of several addresses each gets its turn */
	int fd;                   /* -1: down */
	bool connecting, ever_up;
	int64_t retry_at_ms, retry_wait_ms;

	struct peer peers[TRANSPORT_PEERS]; /* streams use the first */
	unsigned peer;                      /* that t->in is from */
	uint8_t in[TRANSPORT_READ_MAX];
	const uint8_t *in_at;
	size_t in_len;
	struct frame_parser parser;
	uint8_t out[TRANSPORT_OUT_MAX];     /* streams: not yet written */
	size_t out_len;
	uint64_t received, sent, dropped;   /* frames */

	struct tlog tlog;
	double speed;
	bool loop, file_times, tlog_over;
	int64_t tlog_start_ms, tlog_start_wall_ms, tlog_first_us, tlog_shift_us, tlog_due_ms;
	struct frame tlog_frame;
	int64_t tlog_us;
	bool tlog_has;
};

/* A frame that came. */
struct arrival {
	struct frame frame;
	unsigned peer;
	int64_t data_ms; /* clock that the data follow, for spacing and ages */
	int64_t time_ms; /* since 1970: when it was so */
};

extern const struct transport_ops *const transport_table[]; /* ended by NULL */

/* What happened to the line, for a person. */
enum transport_event { TRANSPORT_NOTHING, TRANSPORT_UP, TRANSPORT_DOWN };

/* Reads the specification and opens: 0, or -1 with a sentence. A peer that
 * does not answer yet is no error. */
int transport_open(struct transport **t, const char *spec, int64_t now_ms, struct err *err);
void transport_close(struct transport **t);

/* Opens again what is down and due. On TRANSPORT_DOWN *why says what happened. */
enum transport_event transport_tick(struct transport *t, int64_t now_ms, struct err *why);
/* The next frame; false where there is none now. mono_ms and wall_ms: now. */
bool transport_receive(struct transport *t, int64_t mono_ms, int64_t wall_ms, struct arrival *a);
bool transport_send(struct transport *t, unsigned peer, const uint8_t *bytes, size_t len);
/* To wait for, or -1; whether for writing too. */
int transport_fd(const struct transport *t, bool *want_write);
/* When transport_tick() or transport_receive() is next due without an event. */
int64_t transport_due_ms(const struct transport *t);
/* "127.0.0.1:14550", or the specification for a stream. */
const char *transport_peer_name(const struct transport *t, unsigned peer, char text[96]);
/* True for a log that has been played to its end. */
bool transport_over(const struct transport *t);

/* For the files of transports. */
void transport_down(struct transport *t, int64_t now_ms);
/* The peer with that address, made where there is none. */
unsigned transport_peer(struct transport *t, const struct sockaddr_storage *address, socklen_t len,
    int64_t now_ms);
ssize_t transport_stream_read(struct transport *t, int64_t now_ms);
bool transport_stream_send(struct transport *t, const struct peer *to, const uint8_t *bytes,
    size_t len);
void transport_stream_flush(struct transport *t);
extern const struct transport_ops transport_udp, transport_udpout, transport_tcp, transport_serial,
    transport_tlog;
bool transport_tlog_receive(struct transport *t, int64_t mono_ms, int64_t wall_ms,
    struct arrival *a);

#endif
