/*
 * What all sockets share: the ZeroMQ context, keys, polling, messages.
 *
 * One thread uses a socket; nothing here blocks but link_poll(). A program
 * blocks the signals it waits for before link_new(), so that the library's
 * own threads never take them.
 */
#ifndef LINK_LINK_H
#define LINK_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct link; /* the context; one per program */

/* CURVE keys, Z85 text of 40 characters each; "" where not used. A server
 * with a secret key takes only clients that know its public key, and, where
 * there is a list, whose own public key is on it. */
#define KEY_TEXT_SIZE 41
struct link_keys {
	char public_key[KEY_TEXT_SIZE]; /* our own */
	char secret_key[KEY_TEXT_SIZE];
	char server_key[KEY_TEXT_SIZE]; /* the peer's public key, when connecting */
};

struct link *link_new(void);
/* Closes the context; every socket must be closed before. Waits at most as
 * long as the sockets linger (200 ms) for what is still to be sent. */
void link_free(struct link **link);

/* Makes a pair of keys; false where libzmq came without CURVE. */
bool link_make_keys(struct link_keys *keys);
/* Key files hold one line with the 40 characters; a secret one must not be
 * readable by others. Each call fills in *keys whole, or gives a sentence. */
/* For a server: our own pair from the file with the secret key. */
int link_server_keys(const char *secret_path, struct link_keys *keys, struct err *err);
/* For a client of the server whose public key is in server_path: our own pair,
 * or one made for the occasion where secret_path is "". */
int link_client_keys(const char *server_path, const char *secret_path, struct link_keys *keys,
    struct err *err);

/* Something to wait for: a socket of ours (what xxx_pollable() returned) or a
 * file descriptor. `ready` is set by link_poll(). */
struct link_item {
	void *socket; /* NULL: use fd */
	int fd;
	bool want_write;
	bool ready;
};

/* Waits until an item is ready or timeout_ms (-1 for ever) is over. Returns how
 * many are ready; 0 too when a signal came. */
int link_poll(struct link_item *items, size_t n, int timeout_ms);

/* A feed message as received: topic and body, or whatever frames came. The
 * bytes are the library's; sending it on moves them without a copy. */
struct link_message {
	_Alignas(8) unsigned char topic_frame[64]; /* a zmq_msg_t each */
	_Alignas(8) unsigned char body_frame[64];
	int frames; /* as received; only the first two are kept */
	const void *topic, *body;
	size_t topic_len, body_len;
};

void link_message_init(struct link_message *m);
/* Drops the bytes; the message can be received into again. */
void link_message_clear(struct link_message *m);
/* to, which holds nothing yet, takes over; from is then cleared. */
void link_message_move(struct link_message *to, struct link_message *from);

#endif
