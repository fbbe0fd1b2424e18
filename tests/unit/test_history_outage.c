/* Disks that are full, locked, gone or broken, and a writer that is killed. */
#include "test_history_util.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/wait.h>

#define BOOT 1795219000u

static char day_file[128];

static int setup(void **state)
{
	(void)state;
	make_dir();
	snprintf(day_file, sizeof(day_file), "%s/2026-11-21.db", test_dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	remove_dir();
	return 0;
}

static void test_a_lock_is_waited_for(void **state)
{
	struct history *h = open_history();
	struct history_notice notice;
	struct history_stats before, after;
	sqlite3 *db;

	(void)state;
	put_range(h, "D01", BOOT, 0, 99);
	assert_true(wait_samples(h, 100, 2000));
	assert_int_equal(sqlite3_open(day_file, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	put_range(h, "D01", BOOT, 100, 199);
	history_get_stats(h, &before);
	assert_true(wait_notice(h, HISTORY_OUTAGE, 5000, &notice));
	assert_non_null(strstr(notice.text, "another program"));
	/* Once, however long it is. */
	assert_false(wait_notice(h, HISTORY_OUTAGE, 500, &notice));
	put_range(h, "D01", BOOT, 200, 299);
	history_get_stats(h, &after);
	assert_int_equal(after.samples, before.samples);
	sqlite3_close(db);
	assert_true(wait_notice(h, HISTORY_BACK, 5000, &notice));
	assert_true(wait_samples(h, 300, 2000));
	history_close(&h);
	assert_int_equal(stored_total("D01", BOOT), 300);
}

/* The queue fills up, puts are refused, and what was refused can be put later. */
static void test_memory_stays_bounded_in_an_outage(void **state)
{
	struct history *h = open_history_with((struct history_options){ .queue_bytes = 256 << 10 });
	struct history_notice notice;
	struct history_stats stats;
	uint32_t refused_from = 0;
	sqlite3 *db;

	(void)state;
	put_range(h, "D01", BOOT, 0, 9);
	assert_true(wait_samples(h, 10, 2000));
	assert_int_equal(sqlite3_open(day_file, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	assert_true(put_seq(h, "D01", BOOT, 10, false));
	assert_true(wait_notice(h, HISTORY_OUTAGE, 5000, &notice));
	for (uint32_t seq = 11; seq < 20000 && !refused_from; seq++) {
		if (!put_seq(h, "D01", BOOT, seq, false))
			refused_from = seq;
	}
	assert_int_not_equal(refused_from, 0);
	history_get_stats(h, &stats);
	assert_true(stats.queued_bytes <= 256 << 10);
	assert_int_equal(stats.refused, 1);
	sqlite3_close(db);
	assert_true(wait_notice(h, HISTORY_BACK, 5000, &notice));
	put_range(h, "D01", BOOT, refused_from, 19999);
	history_close(&h);
	assert_int_equal(stored_total("D01", BOOT), 20000);
}

static void test_a_removed_file_is_begun_anew(void **state)
{
	struct history *h = open_history();
	struct history_notice notice;
	struct history_past past;
	char command[256];

	(void)state;
	put_range(h, "D01", BOOT, 0, 99);
	assert_true(wait_samples(h, 100, 2000));
	history_take_past(h, &past);
	history_past_clear(&past);
	snprintf(command, sizeof(command), "rm -f '%s'*", day_file);
	assert_int_equal(system(command), 0);
	put_range(h, "D01", BOOT, 100, 109);
	assert_true(wait_notice(h, HISTORY_CHANGED, 5000, &notice));
	history_take_past(h, &past);
	assert_int_equal(past.coverage_count, 0);
	history_past_clear(&past);
	/* What is gone is not taken for stored. */
	put_range(h, "D01", BOOT, 0, 99);
	history_close(&h);
	assert_int_equal(stored_total("D01", BOOT), 110);
}

static void test_a_removed_directory_is_made_anew(void **state)
{
	struct history *h = open_history();
	struct history_notice notice;

	(void)state;
	put_range(h, "D01", BOOT, 0, 99);
	assert_true(wait_samples(h, 100, 2000));
	remove_dir();
	put_range(h, "D01", BOOT, 100, 109);
	assert_true(wait_notice(h, HISTORY_CHANGED, 5000, &notice));
	put_range(h, "D01", BOOT, 0, 99);
	history_close(&h);
	assert_int_equal(stored_total("D01", BOOT), 110);
}

static bool is_there(const char *name)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", test_dir, name);
	return access(path, F_OK) == 0;
}

/* From the offset to the page's end, and all pages after it where told. */
static void damage(long offset, bool all)
{
	int fd = open(day_file, O_WRONLY);
	struct stat st;
	char junk[512];

	assert_int_not_equal(fd, -1);
	assert_int_equal(fstat(fd, &st), 0);
	memset(junk, 0x5a, sizeof(junk));
	do {
		assert_int_equal(pwrite(fd, junk, sizeof(junk), offset), sizeof(junk));
		offset += sizeof(junk);
	} while (offset < st.st_size && (all || offset % 8192));
	close(fd);
}

static void test_a_damaged_day_is_set_aside(void **state)
{
	static const struct {
		const char *legend;
		long offset;
		bool all;
	} cases[] = {
		{ "the first page", 0, false },
		{ "the schema", 104, false },
		{ "the tables", 8192, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct history *h = open_history();
		struct history_notice notice;
		char name[64];

		put_range(h, "D01", BOOT, 0, 999);
		history_close(&h);
		damage(cases[i].offset, cases[i].all);
		h = open_history();
		put_range(h, "D01", BOOT, 0, 499);
		CHECK(cases[i].legend, wait_notice(h, HISTORY_DAMAGED, 2000, &notice));
		snprintf(name, sizeof(name), "2026-11-21.damaged-%zu.db", i + 1);
		CHECK(cases[i].legend, strstr(notice.text, name) != NULL);
		CHECK(cases[i].legend, is_there(name));
		CHECK(cases[i].legend, wait_samples(h, 500, 2000));
		CHECK(cases[i].legend, !wait_notice(h, HISTORY_DAMAGED, 50, &notice));
		history_close(&h);
		CHECK(cases[i].legend, stored_total("D01", BOOT) == 500);
		/* The next case damages a fresh one. */
		assert_int_equal(unlink(day_file), 0);
	}
}

/* Well-formed, and yet no history: nothing runs over numbers that a file only claims. */
static void test_numbers_that_cannot_be(void **state)
{
	static const struct { const char *legend, *sql; int64_t seal_ms; } cases[] = {
		{ "a commit far away", "INSERT INTO plain VALUES(1 << 51, x'')", 0 },
		{ "a commit past all", "INSERT INTO plain VALUES(9223372036854775807, x'')", 1 },
		{ "a commit before the first", "INSERT INTO plain VALUES(-64, x'')", 1 },
		{ "a slot sealed for ever", "INSERT OR REPLACE INTO slots VALUES(3, 9223372036854775807)", 1 },
		{ "a drone with a huge number", "INSERT INTO drones(no, id) VALUES(4000000000, 'D99')", 1 },
		{ "a drone with none", "INSERT INTO drones(no, id) VALUES(-1, 'D99')", 1 },
		{ "a gap that ends before it begins",
		  "INSERT INTO gaps(drone, boot, first_seq, last_seq, state, at) VALUES('D01', 1, 9, 3, 'open', 1)", 1 },
		{ "a row of more samples than numbers", "UPDATE sealed SET count = last_seq - first_seq + 2", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct history *h = open_history_with((struct history_options){
			.seal_ms = cases[i].seal_ms });
		struct history_notice notice;
		sqlite3 *db;

		put_range(h, "D01", BOOT, 0, 999);
		assert_true(wait_samples(h, 1000, 2000));
		poll(NULL, 0, 100);
		history_close(&h);
		assert_int_equal(sqlite3_open(day_file, &db), SQLITE_OK);
		CHECK(cases[i].legend, sqlite3_exec(db, cases[i].sql, NULL, NULL, NULL) == SQLITE_OK);
		CHECK(cases[i].legend, sqlite3_changes(db) > 0);
		sqlite3_close(db);
		h = open_history();
		put_range(h, "D01", BOOT, 0, 499);
		CHECK(cases[i].legend, wait_notice(h, HISTORY_DAMAGED, 3000, &notice));
		CHECK(cases[i].legend, wait_samples(h, 500, 2000));
		history_close(&h);
		CHECK(cases[i].legend, stored_total("D01", BOOT) == 500);
		assert_int_equal(unlink(day_file), 0);
	}
}

static void test_a_newer_schema_is_refused(void **state)
{
	struct history_options options = { .dir = test_dir, .commit_ms = 20, .queue_bytes = 1 << 20 };
	struct history *h = open_history();
	struct err err;
	sqlite3 *db;

	(void)state;
	put_range(h, "D01", BOOT, 0, 9);
	history_close(&h);
	assert_int_equal(sqlite3_open(day_file, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA user_version=99", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(history_open(&h, &options, &err), -1);
	assert_non_null(strstr(err.text, "newer version"));
	assert_true(is_there("2026-11-21.db"));
}

/* A tmpfs filled to the last byte, and emptied again. */
static void test_a_full_disk(void **state)
{
	struct history *h;
	struct history_notice notice;
	char filler[128];
	static char block[4096];
	uint32_t next = 0;
	FILE *f;

	(void)state;
	if (mount("tmpfs", test_dir, "tmpfs", 0, "size=2m") == -1) {
		print_message("mounting a tmpfs takes root: not tested\n");
		skip();
	}
	h = open_history_with((struct history_options){ .queue_bytes = 256 << 10 });
	put_range(h, "D01", BOOT, 0, 99);
	assert_true(wait_samples(h, 100, 2000));
	snprintf(filler, sizeof(filler), "%s/filler", test_dir);
	f = fopen(filler, "w");
	setvbuf(f, NULL, _IONBF, 0);
	while (fwrite(block, 1, sizeof(block), f) == sizeof(block))
		;
	while (fwrite(block, 1, 1, f) == 1)
		;
	fclose(f);
	for (next = 100; next < 20000; next++) {
		if (!put_seq(h, "D01", BOOT, next, false))
			break;
	}
	assert_true(wait_notice(h, HISTORY_OUTAGE, 5000, &notice));
	assert_false(wait_notice(h, HISTORY_OUTAGE, 600, &notice));
	assert_int_equal(unlink(filler), 0);
	assert_true(wait_notice(h, HISTORY_BACK, 5000, &notice));
	put_range(h, "D01", BOOT, next, next + 999);
	history_close(&h);
	assert_int_equal(stored_total("D01", BOOT), next + 1000);
	assert_int_equal(umount(test_dir), 0);
}

/* The child puts and seals until it is killed; what it says is committed must
 * be there, no sample twice, and the file in order. */
static void test_kill_at_any_moment(void **state)
{
	uint32_t next = 0;
	struct rng rng;

	(void)state;
	rng_init(&rng, 5, 5);
	for (int round = 0; round < 12; round++) {
		struct history *h;
		struct history_past past;
		uint64_t stored = 0;
		uint32_t said = 0, value;
		int ends[2];
		pid_t child;
		sqlite3 *db;

		assert_int_equal(pipe(ends), 0);
		child = fork();
		if (child == 0) {
			struct history_stats stats = { 0 };
			uint32_t first = next;

			h = open_history_with((struct history_options){ .commit_ms = 5, .seal_ms = 20 });
			for (;;) {
				for (int i = 0; i < 20; i++, next++) {
					put_seq(h, "D01", BOOT, next, false);
					put_seq(h, "D02", BOOT, next, false);
				}
				history_get_stats(h, &stats);
				value = first + (uint32_t)(stats.samples / 2);
				if (write(ends[1], &value, sizeof(value)) == -1)
					_exit(1);
				poll(NULL, 0, 1);
			}
		}
		poll(NULL, 0, 60 + (int)(rng_next(&rng) % 100));
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		close(ends[1]);
		while (read(ends[0], &value, sizeof(value)) == sizeof(value))
			said = value;
		close(ends[0]);

		assert_int_equal(sqlite3_open(day_file, &db), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, "PRAGMA integrity_check", NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(db);
		h = open_history();
		history_take_past(h, &past);
		for (size_t i = 0; i < past.coverage_count; i++) {
			assert_int_equal(past.coverage[i].stored.count, 1);
			stored = past.coverage[i].stored.items[0].to + 1;
			assert_true(stored >= said);
		}
		history_past_clear(&past);
		/* The others are filled in, as the daemon would. */
		put_range(h, "D01", BOOT, 0, (uint32_t)stored + 50);
		put_range(h, "D02", BOOT, 0, (uint32_t)stored + 50);
		next = (uint32_t)stored + 51;
		history_close(&h);
		assert_int_equal(stored_total("D01", BOOT), next);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_a_lock_is_waited_for),
		TEST(test_memory_stays_bounded_in_an_outage),
		TEST(test_a_removed_file_is_begun_anew),
		TEST(test_a_removed_directory_is_made_anew),
		TEST(test_a_damaged_day_is_set_aside),
		TEST(test_numbers_that_cannot_be),
		TEST(test_a_newer_schema_is_refused),
		TEST(test_a_full_disk),
		TEST(test_kill_at_any_moment),
	};

	return cmocka_run_group_tests_name("history_outage", tests, NULL, NULL);
}
