/* Signatures: see signing.h. libsodium for SHA-256, since libzmq brings it
 * along already and its calls need no context to be set up or freed. */
#include "bridge/signing.h"

#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* 2015-01-01T00:00:00Z, ms since 1970. */
#define EPOCH_2015_MS 1420070400000LL
/* A sender not heard before may be a minute behind our clock (guide). */
#define BEHIND_MAX (60 * 100000ULL)

int signing_read_key(struct signing *s, const char *path, struct err *err)
{
	unsigned char text[80];
	struct stat st;
	FILE *f = fopen(path, "rb");
	size_t n, used;

	if (!f)
		return err_set(err, "the signing key %s cannot be read: %s", path, strerror(errno));
	if (fstat(fileno(f), &st) == 0 && st.st_mode & 077) {
		fclose(f);
		return err_set(err, "the signing key %s can be read by others: chmod 600 it", path);
	}
	n = fread(text, 1, sizeof(text), f);
	fclose(f);
	if (n == SIGNING_KEY_SIZE) {
		memcpy(s->key, text, SIGNING_KEY_SIZE);
		s->on = true;
		return 0;
	}
	while (n > 0 && isspace(text[n - 1]))
		n--;
	if (n != 2 * SIGNING_KEY_SIZE ||
	    sodium_hex2bin(s->key, sizeof(s->key), (const char *)text, n, NULL, &used, NULL) != 0 ||
	    used != SIGNING_KEY_SIZE)
		return err_set(err, "the signing key %s must be 64 hexadecimal digits or 32 bytes", path);
	s->on = true;
	return 0;
}

static void hash48(const struct signing *s, const uint8_t *frame, size_t len, uint8_t out[6])
{
	crypto_hash_sha256_state state;
	uint8_t whole[crypto_hash_sha256_BYTES];

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, s->key, sizeof(s->key));
	crypto_hash_sha256_update(&state, frame, len); /* to the time's end */
	crypto_hash_sha256_final(&state, whole);
	memcpy(out, whole, 6);
}

size_t signing_sign(struct signing *s, uint8_t link, int64_t wall_ms, uint8_t *frame, size_t len)
{
	uint64_t now = wall_ms > EPOCH_2015_MS ? (uint64_t)(wall_ms - EPOCH_2015_MS) * 100 : 0;

	s->last_sent = now > s->last_sent ? now : s->last_sent + 1;
	frame[len] = link;
	for (int i = 0; i < 6; i++)
		frame[len + 1 + i] = (uint8_t)(s->last_sent >> 8 * i);
	hash48(s, frame, len + 7, frame + len + 7);
	return len + SIGNATURE_SIZE;
}

static struct signing_stream *stream_of(struct signing *s, uint8_t sys, uint8_t comp, uint8_t link)
{
	for (size_t i = 0; i < s->stream_count; i++) {
		struct signing_stream *t = &s->streams[i];

		if (t->sys == sys && t->comp == comp && t->link == link)
			return t;
	}
	return NULL;
}

static bool check(struct signing *s, const struct frame *f, int64_t wall_ms)
{
	const uint8_t *signature = f->raw + f->raw_len - SIGNATURE_SIZE;
	uint64_t now = wall_ms > EPOCH_2015_MS ? (uint64_t)(wall_ms - EPOCH_2015_MS) * 100 : 0;
	struct signing_stream *t;
	uint64_t time = 0;
	uint8_t hash[6];

	if (!frame_is_signed(f))
		return f->id == MAV_RADIO_STATUS || f->id == MAV_RADIO;
	hash48(s, f->raw, f->raw_len - 6, hash);
	if (sodium_memcmp(hash, signature + 7, 6) != 0)
		return false;
	for (int i = 0; i < 6; i++)
		time |= (uint64_t)signature[1 + i] << 8 * i;
	t = stream_of(s, f->sys, f->comp, signature[0]);
	if (t ? time <= t->last : time + BEHIND_MAX < now)
		return false;
	if (!t) {
		t = &s->streams[s->stream_next];
		s->stream_next = (s->stream_next + 1) % SIGNING_STREAMS;
		if (s->stream_count < SIGNING_STREAMS)
			s->stream_count++;
		*t = (struct signing_stream){ f->sys, f->comp, signature[0], 0 };
	}
	t->last = time;
	/* A peer's clock ahead of ours must not make it deaf to us. */
	if (time > s->last_sent)
		s->last_sent = time;
	return true;
}

bool signing_accepts(struct signing *s, const struct frame *f, int64_t wall_ms)
{
	if (!s->on || check(s, f, wall_ms))
		return true;
	s->refused++;
	return false;
}
