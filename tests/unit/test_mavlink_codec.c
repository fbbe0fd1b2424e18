/* The codec against node-mavlink: every message of messages.def, read and made
 * again byte for byte, signatures too. Skips where node or npm is missing. */
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "bridge/frame.h"
#include "bridge/signing.h"

static char modules[512];

static bool read_line(const char *command, char *line, size_t size)
{
	FILE *f = popen(command, "r");
	bool ok = f && fgets(line, (int)size, f);

	if (f)
		ok = pclose(f) == 0 && ok;
	line[ok ? strcspn(line, "\n") : 0] = '\0';
	return ok;
}

static int find_modules(void **state)
{
	const char *build = getenv("ODYSSEY_BUILD");
	char command[300];

	(void)state;
	snprintf(command, sizeof(command), "tests/e2e/mavlink/install %s/mavlink",
	    build ? build : "build");
	if (!read_line(command, modules, sizeof(modules)))
		printf("node-mavlink cannot be installed (node, npm or the network is missing): skipped\n");
	return 0;
}

static size_t unhex(const char *hex, uint8_t *out, size_t size)
{
	size_t n = 0;
	unsigned byte;

	while (n < size && sscanf(hex + 2 * n, "%2x", &byte) == 1)
		out[n++] = (uint8_t)byte;
	return n;
}

/* Whether the struct's element reads as the text says. */
static bool is(const struct mav_field *f, const void *at, const char *text)
{
	char shown[64];
	float f4;

	if (strcmp(f->type, "f32") == 0) {
		memcpy(&f4, at, 4);
		return f4 == strtof(text, NULL);
	}
#define TYPE(t, format, cast)                                                  \
	if (strcmp(f->type, #t) == 0) {                                        \
		mav_##t v;                                                     \
		memcpy(&v, at, sizeof(v));                                     \
		snprintf(shown, sizeof(shown), format, (cast)v);               \
	}
	TYPE(u8, "%u", unsigned) TYPE(i8, "%d", int) TYPE(u16, "%u", unsigned) TYPE(i16, "%d", int)
	TYPE(u32, "%u", unsigned) TYPE(i32, "%d", int) TYPE(u64, "%llu", unsigned long long)
	TYPE(i64, "%lld", long long)
#undef TYPE
	return strcmp(shown, text) == 0;
}

static const struct mav_field *field_of(const struct mav_desc *d, const char *name, size_t len)
{
	for (size_t i = 0; i < d->n; i++) {
		if (strlen(d->fields[i].name) == len && memcmp(d->fields[i].name, name, len) == 0)
			return &d->fields[i];
	}
	return NULL;
}

static void check_fields(const struct mav_desc *d, const void *m, char *fields)
{
	char *save = NULL;

	for (char *p = strtok_r(fields, " \n", &save); p; p = strtok_r(NULL, " \n", &save)) {
		char *value = strchr(p, '=') + 1, *element, *rest = NULL;
		const char *prefix = "onboard_control_sensors_";
		const char *name = p;
		char shortened[64];
		const struct mav_field *f;

		*strchr(p, '=') = '\0';
		if (strncmp(name, prefix, strlen(prefix)) == 0) {
			snprintf(shortened, sizeof(shortened), "sensors_%s", name + strlen(prefix));
			name = shortened;
		}
		f = field_of(d, name, strlen(name));
		if (!f)
			fail_msg("%s has no %s", d->name, name);
		if (strcmp(f->type, "char") == 0) {
			uint8_t text[64] = { 0 };

			unhex(value, text, sizeof(text));
			CHECK(d->name, memcmp((const char *)m + f->offset, text, f->count) == 0);
			continue;
		}
		element = strtok_r(value, ",", &rest);
		for (size_t i = 0; i < f->count; i++, element = strtok_r(NULL, ",", &rest)) {
			if (!element || !is(f, (const char *)m + f->offset + i * f->size, element))
				fail_msg("%s.%s[%zu] is not %s", d->name, f->name, i, element);
		}
	}
}

/* node-mavlink sends extensions in version 1 too, and cuts a payload of zeros
 * to nothing in version 2; MAVLink does neither. */
static bool differs_by_design(const struct mav_desc *d, int version, const uint8_t *bytes)
{
	return version == 1 ? d->max > d->min : bytes[1] == 0;
}

static void check_line(char *line, unsigned *same)
{
	char name[64], hex[700];
	unsigned id, version, with_signature;
	int at = 0;
	uint8_t bytes[FRAME_MAX], made[FRAME_MAX];
	const struct mav_desc *d;
	struct frame f;
	static struct signing s = { .on = true };
	struct frame_writer w = { .sys = 11, .comp = 22 };
	uint64_t message[64] = { 0 };
	size_t len, n;

	assert_int_equal(sscanf(line, "%63s %u %u %u %699s %n", name, &id, &version, &with_signature, hex,
	    &at), 5);
	d = mav_find(id);
	CHECK(name, d && strcmp(d->name, name) == 0);
	len = unhex(hex, bytes, sizeof(bytes));
	CHECK(name, frame_at(bytes, len, &f) == (int)len);
	CHECK(name, f.id == id && f.sys == 11 && f.comp == 22 && f.version == version);
	assert_true(d->size <= sizeof(message));
	mav_unpack(id, f.payload, message);
	check_fields(d, message, line + at);
	memset(s.key, 7, sizeof(s.key));
	if (with_signature) {
		s.stream_count = s.stream_next = 0;
		CHECK(name, signing_accepts(&s, &f, 1700000000000));
		CHECK(name, !signing_accepts(&s, &f, 1700000000000)); /* a second time */
		f.raw[f.raw_len - 1] ^= 1;
		s.stream_count = s.stream_next = 0;
		CHECK(name, !signing_accepts(&s, &f, 1700000000000));
	}
	if (differs_by_design(d, (int)version, bytes))
		return;
	w.seq = f.seq;
	w.version = (uint8_t)version;
	n = frame_write(&w, id, message, with_signature, made);
	if (with_signature) {
		uint64_t time = 0;

		for (int i = 0; i < 6; i++)
			time |= (uint64_t)bytes[len - 12 + (size_t)i] << 8 * i;
		s.last_sent = time - 1;
		n = signing_sign(&s, 5, 0, made, n);
	}
	if (n != len || memcmp(made, bytes, len) != 0)
		fail_msg("%s, version %u: %s is made otherwise", name, version, hex);
	(*same)++;
}

static void test_all_messages(void **state)
{
	char command[4096], *line = NULL;
	size_t cap = 0, n = 0;
	unsigned same = 0;
	FILE *f;

	(void)state;
	if (!*modules)
		skip();
	n = (size_t)snprintf(command, sizeof(command),
	    "NODE_MAVLINK='%s' node tests/e2e/mavlink/codec.js", modules);
	for (size_t i = 0; i < mav_table_count; i++)
		n += (size_t)snprintf(command + n, sizeof(command) - n, " %s", mav_table[i].name);
	f = popen(command, "r");
	assert_non_null(f);
	n = 0;
	while (getline(&line, &cap, f) > 0) {
		check_line(line, &same);
		n++;
	}
	free(line);
	assert_int_equal(pclose(f), 0);
	printf("%zu frames of %zu messages read, %u made again byte for byte\n", n, mav_table_count, same);
	assert_true(n >= mav_table_count * 6);
}

static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < mav_table_count; i++) {
		const struct mav_desc *d = &mav_table[i];
		size_t end = 0;

		CHECK(d->name, mav_find(d->id) == d);
		CHECK(d->name, mav_crc_extra(d->id) >= 0);
		CHECK(d->name, i == 0 || mav_table[i - 1].id < d->id);
		for (size_t k = 0; k < d->n; k++) {
			CHECK(d->name, d->fields[k].wire == end);
			end += (size_t)d->fields[k].size * d->fields[k].count;
		}
		CHECK(d->name, end == d->max && d->min <= d->max);
	}
	assert_null(mav_find(142));
	assert_int_equal(mav_crc_extra(142), 72);
	assert_int_equal(mav_crc_extra(3), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_all_messages),
	};

	return cmocka_run_group_tests(tests, find_modules, NULL);
}
