/*
 * Watches a feed for some seconds and prints one line of JSON: messages,
 * samples, holes and duplicates by seq, and the time from sample to here in
 * ms (p50, p99, most); the same for alarms raised, from the sample of their drone
 * that came before them. For tests/bench/bench.py; sender and watcher must share
 * a clock.
 *
 * usage: feed_watch FEED SECONDS
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/strmap.h"
#include "link/feed.h"
#include "proto/messages.h"
#include "proto/sample.h"

#define MOST_MS 10000

struct seen {
	uint32_t boot, seq;
	int64_t time_ms;
};

static uint64_t histogram[MOST_MS + 1], alarm_histogram[MOST_MS + 1];

static void note(uint64_t *into, int64_t ms)
{
	into[ms < 0 ? 0 : ms > MOST_MS ? MOST_MS : ms]++;
}

static int percentile(const uint64_t *of, uint64_t total, double p)
{
	uint64_t sum = 0;

	for (int ms = 0; ms <= MOST_MS; ms++) {
		sum += of[ms];
		if ((double)sum >= (double)total * p)
			return ms;
	}
	return MOST_MS;
}

/* The time of the newest sample seen of an alarm's drone; -1: none. */
static int64_t cause_ms(const struct link_message *m, const struct strmap *ids, const struct seen *seen,
    struct wire_doc *doc)
{
	char key[TOPIC_SIZE], id[ID_SIZE];
	union message msg;
	enum topic_kind kind;
	struct reject why;
	size_t i;

	if (topic_parse(m->topic, m->topic_len, &kind, id, &why) == -1 || kind != TOPIC_AL || !*id ||
	    message_decode(doc, kind, id, m->body, m->body_len, &msg, &why) == -1 ||
	    msg.al.state != ALARM_RAISED)
		return -1;
	topic_format(key, TOPIC_TM, id);
	i = strmap_get(ids, key);
	return i == STRMAP_NONE ? -1 : seen[i].time_ms;
}

int main(int argc, char **argv)
{
	struct link *link = link_new();
	struct link_message m;
	struct strmap ids = { 0 };
	struct seen *seen = NULL;
	struct wire_doc doc;
	size_t count = 0, cap = 0;
	uint64_t messages = 0, samples = 0, holes = 0, repeats = 0, bytes = 0, bad = 0, alarms = 0;
	struct feed_in *in;
	struct err err;
	int64_t until;

	if (argc != 3 || feed_in_open(&in, link, argv[1], NULL, &err) == -1) {
		fprintf(stderr, "usage: feed_watch FEED SECONDS\n");
		return 2;
	}
	until = clock_mono_ms() + (int64_t)(atof(argv[2]) * 1000);
	link_message_init(&m);
	wire_doc_init(&doc);
	while (clock_mono_ms() < until) {
		struct link_item item = { .socket = feed_in_pollable(in) };

		link_poll(&item, 1, 100);
		while (feed_in_receive(in, &m)) {
			int64_t now = clock_wall_ms(), ms;
			struct sample s;
			struct reject why;
			size_t i;

			messages++;
			if (m.topic_len > 3 && memcmp(m.topic, "al.", 3) == 0) {
				ms = cause_ms(&m, &ids, seen, &doc);
				if (ms != -1) {
					alarms++;
					note(alarm_histogram, now - ms);
				}
				continue;
			}
			if (m.topic_len < 4 || memcmp(m.topic, "tm.", 3) != 0)
				continue;
			if (sample_decode(m.body, m.body_len, &s, &why) == -1) {
				bad++;
				continue;
			}
			samples++;
			bytes += m.body_len;
			ms = now - sample_time(&s);
			note(histogram, ms);
			i = strmap_get_n(&ids, m.topic, m.topic_len);
			if (i == STRMAP_NONE) {
				char key[64] = "";

				memcpy(key, m.topic, m.topic_len < 63 ? m.topic_len : 63);
				mem_grow(seen, count, cap);
				strmap_set(&ids, key, count);
				seen[count++] = (struct seen){ sample_boot(&s), sample_seq(&s), sample_time(&s) };
				continue;
			}
			if (seen[i].boot == sample_boot(&s)) {
				if (sample_seq(&s) > seen[i].seq)
					holes += sample_seq(&s) - seen[i].seq - 1;
				else
					repeats++;
			}
			seen[i] = (struct seen){ sample_boot(&s), sample_seq(&s), sample_time(&s) };
		}
	}
	printf("{\"messages\":%" PRIu64 ",\"samples\":%" PRIu64 ",\"drones\":%zu,\"bytes\":%" PRIu64
	       ",\"holes\":%" PRIu64 ",\"repeats\":%" PRIu64 ",\"bad\":%" PRIu64
	       ",\"p50_ms\":%d,\"p99_ms\":%d,\"max_ms\":%d"
	       ",\"alarms\":%" PRIu64 ",\"alarm_p50_ms\":%d,\"alarm_p99_ms\":%d}\n",
	    messages, samples, count, bytes, holes, repeats, bad, percentile(histogram, samples, 0.5),
	    percentile(histogram, samples, 0.99), percentile(histogram, samples, 1), alarms,
	    percentile(alarm_histogram, alarms, 0.5), percentile(alarm_histogram, alarms, 0.99));
	wire_doc_clear(&doc);
	link_message_clear(&m);
	feed_in_close(&in);
	link_free(&link);
	strmap_clear(&ids);
	free(seen);
	return 0;
}
