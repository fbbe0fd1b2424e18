/* Frames in noise, in pieces, damaged, and in the recordings. */
#include "unit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "bridge/frame.h"
#include "bridge/signing.h"
#include "bridge/tlog.h"

static size_t make(uint8_t *out, uint8_t version, uint8_t seq)
{
	struct frame_writer w = { .sys = 1, .comp = 1, .seq = seq, .version = version };
	struct mav_mission_current m = { .seq = 3, .total = 4, .mission_state = 3 };

	return frame_write(&w, MAV_MISSION_CURRENT, &m, false, out);
}

static size_t count(struct frame_parser *p, const uint8_t *data, size_t len, size_t piece)
{
	struct frame f;
	size_t n = 0;

	for (size_t at = 0; at < len; at += piece) {
		const uint8_t *d = data + at;
		size_t left = len - at < piece ? len - at : piece;

		while (frame_parse(p, &d, &left, &f))
			n++;
	}
	return n;
}

static void test_streams(void **state)
{
	/* v1, v2: a frame of that version; T text; F a lone magic byte; C a frame with a wrong CRC; H half of
	 * one; X an unknown flag. */
	static const struct {
		const char *legend, *what;
		size_t frames;
		uint64_t runs;
	} cases[] = {
		{ "nothing", "", 0, 0 },
		{ "one after the other", "121212", 6, 0 },
		{ "text before and between", "T12T21", 4, 2 },
		{ "a false start before a frame", "F2", 1, 1 },
		{ "many false starts", "FFFFF1FF2", 2, 2 },
		{ "a damaged one", "1C2", 2, 1 },
		{ "two damaged ones are one run", "1CC2", 2, 1 },
		{ "half a frame", "1H22", 3, 1 },
		{ "a flag that nobody knows", "2X2", 2, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (size_t piece = 1; piece < 64; piece += 9) {
			uint8_t data[2000], one[FRAME_MAX];
			struct frame_parser p = { 0 };
			size_t len = 0, n;

			for (const char *c = cases[i].what; *c; c++) {
				n = make(one, *c == '1' ? 1 : 2, 5);
				if (*c == 'C')
					one[n - 1] ^= 0x10;
				if (*c == 'X')
					one[2] = 0x42;
				if (*c == 'H')
					n /= 2;
				if (*c == 'T')
					n = (size_t)sprintf((char *)one, "Init Gyro**\r\n");
				if (*c == 'F')
					n = 1;
				memcpy(data + len, one, n);
				len += n;
			}
			/* The end of the stream is never certain: push it out. */
			memset(data + len, 0, 300);
			CHECK(cases[i].legend, count(&p, data, len + 300, piece) == cases[i].frames);
			CHECK(cases[i].legend, p.bad_runs == cases[i].runs + 1);
		}
	}
}

static void test_truncated_and_filled(void **state)
{
	uint8_t bytes[FRAME_MAX];
	struct mav_mission_current m;
	struct frame f;
	size_t n = make(bytes, 2, 9);

	(void)state;
	assert_int_equal(bytes[1], 5); /* of 18: the rest are zeros */
	assert_int_equal(frame_at(bytes, n, &f), n);
	mav_unpack(f.id, f.payload, &m);
	assert_int_equal(m.total, 4);
	assert_int_equal(m.mission_state, 3);
	assert_int_equal(m.rally_points_id, 0);
	for (size_t len = 0; len < n; len++)
		assert_int_equal(frame_at(bytes, len, &f), FRAME_PART);
}

static void test_unknown_messages(void **state)
{
	uint8_t data[200], known[FRAME_MAX], foreign[] = { 0xFD, 3, 0, 0, 1, 1, 1, 0x7C, 0x01, 0, 1, 2, 3, 9, 9 };
	struct frame_parser p = { 0 };
	size_t n = make(known, 2, 0), len = 0;

	(void)state;
	assert_int_equal(mav_crc_extra(0x17C), -1);
	memcpy(data + len, known, n);
	len += n;
	memcpy(data + len, foreign, sizeof(foreign));
	len += sizeof(foreign);
	memcpy(data + len, known, n);
	len += n;
	assert_int_equal(count(&p, data, len, len), 2);
	assert_int_equal(p.foreign, 1);
	assert_int_equal(p.bad_runs, 0);
	/* At the end of a datagram. */
	assert_int_equal(count(&p, foreign, sizeof(foreign), sizeof(foreign)), 0);
	frame_parser_break(&p);
	assert_int_equal(p.foreign, 2);
	assert_int_equal(p.bad_runs, 0);
	/* Of a stranger it is noise. */
	foreign[5] = 77;
	count(&p, foreign, sizeof(foreign), sizeof(foreign));
	frame_parser_break(&p);
	assert_int_equal(p.foreign, 2);
	assert_int_equal(p.bad_runs, 1);
}

/* No frame that lies in noise is lost, whatever the noise. */
static void test_noise(void **state)
{
	static uint8_t data[200000];
	struct rng rng;

	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++) {
		struct frame_parser p = { 0 };
		size_t len = 0, put = 0;

		rng_init(&rng, seed, 1);
		while (len < sizeof(data) - 2000) {
			size_t noise = rng_next(&rng) % 400;

			for (size_t i = 0; i < noise; i++) {
				uint64_t r = rng_next(&rng);

				data[len++] = (uint8_t)(r % 7 == 0 ? 0xFD + (r >> 8) % 2 : r >> 16);
			}
			len += make(data + len, 1 + (uint8_t)(put % 2), (uint8_t)put);
			put++;
		}
		memset(data + len, 0, 600);
		/* A CRC of 16 bits lets one false frame in 65,536 through. */
		assert_in_range(count(&p, data, len + 600, 333), put, put + 3);
	}
}

static void test_recordings(void **state)
{
	static const struct {
		const char *file;
		uint64_t frames, bad, foreign;
		double seconds;
	} files[] = {
		{ "copter-2015.tlog", 75477, 1314, 0, 1377 },
		{ "arducopter-1.tlog", 2365, 0, 0, 0 },
		{ "arducopter-2.tlog", 2358, 0, 0, 0 },
		{ "arducopter-3.tlog", 2367, 0, 0, 0 },
		{ "px4-1.tlog", 44982, 0, 278, 0 },
	};
	const char *dir = getenv("ODYSSEY_TESTDATA");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		char *path = xasprintf("%s/%s", dir ? dir : "../shared/data", files[i].file);
		struct frame_parser p = { 0 };
		struct tlog t;
		struct frame f;
		struct err err;
		int64_t us, first = -1;
		bool there = access(path, R_OK) == 0;

		if (!there || tlog_open(&t, path, &err) == -1) {
			printf("%s is not there (ODYSSEY_TESTDATA): skipped\n", path);
			free(path);
			skip();
		}
		while (tlog_next(&t, &us, &f))
			first = first < 0 ? us : first;
		CHECK(files[i].file, t.frames == files[i].frames);
		CHECK(files[i].file, t.bad_runs == files[i].bad);
		CHECK(files[i].file, t.foreign == files[i].foreign);
		CHECK(files[i].file, !files[i].seconds ||
			    (int)((double)(t.last_us - first) / 1e6) == (int)files[i].seconds);
		/* As one stream, the times are noise between; no frame is lost by it. */
		CHECK(files[i].file, count(&p, t.bytes, t.len, 1000) == files[i].frames);
		tlog_close(&t);
		free(path);
	}
}

static void test_key_files(void **state)
{
	static const struct {
		const char *legend, *content;
		size_t len;
		mode_t mode;
		const char *says; /* NULL: taken */
	} cases[] = {
		{ "hexadecimal", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n", 65, 0600, NULL },
		{ "32 bytes", "abcdefghijklmnopqrstuvwxyz012345", 32, 0600, NULL },
		{ "open to others", "abcdefghijklmnopqrstuvwxyz012345", 32, 0644, "chmod 600" },
		{ "too short", "0011", 4, 0600, "64 hexadecimal" },
		{ "no digits", "zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 64, 0600,
		    "64 hexadecimal" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char path[] = "/tmp/test_key_XXXXXX";
		struct signing s = { 0 };
		struct err err;
		int fd = mkstemp(path);

		assert_int_equal(write(fd, cases[i].content, cases[i].len), cases[i].len);
		fchmod(fd, cases[i].mode);
		close(fd);
		CHECK(cases[i].legend, (signing_read_key(&s, path, &err) == 0) == !cases[i].says);
		CHECK(cases[i].legend, s.on == !cases[i].says);
		CHECK(cases[i].legend, !cases[i].says || strstr(err.text, cases[i].says));
		unlink(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams),
		cmocka_unit_test(test_truncated_and_filled),
		cmocka_unit_test(test_unknown_messages),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_recordings),
		cmocka_unit_test(test_key_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
