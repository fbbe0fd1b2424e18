/* What happens on a day of a simulated fleet: see day_story.h. */
#include "parts/day_story.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "swarm.h"

/* The daemon is off an eighth into the day, all drones a third into it. */
#define DAEMON_OFF_S 40
#define DARK_S 120
/* Of a drone, in a day however long. */
#define OUTAGES 4.0

/* Who is not heard now. */
struct outage {
	int64_t until_ms;   /* 0: it is heard */
	bool lost;          /* what it says meanwhile is nowhere */
	unsigned alarm;     /* number of the one that stands for it; 0: none */
	uint32_t boot, from, to;
	bool any;
	struct buf held;    /* entries to be filled in */
};

struct story {
	struct swarm *swarm;
	struct outage *outages;
	struct rng rng;
	int64_t next_command_ms, next_order_ms;
	unsigned commands, orders, alarms, seconds;
	struct wire_doc doc;
	struct buf *log;    /* entries, each with its bytes, to 8 */
};

static void put_entry(struct buf *log, const struct entry *e, const void *bytes)
{
	static const char zeros[8];

	buf_add(log, e, sizeof(*e));
	buf_add(log, bytes, e->len);
	buf_add(log, zeros, (8 - e->len % 8) % 8);
}

const struct entry *story_next(const struct buf *log, size_t *at, const void **bytes)
{
	const struct entry *e = (const struct entry *)(const void *)(log->data + *at);

	if (*at == log->len)
		return NULL;
	*bytes = e + 1;
	*at += sizeof(*e) + (e->len + 7) / 8 * 8;
	return e;
}

static void tell(struct story *t, enum topic_kind topic, const void *message, size_t len, int64_t at_ms)
{
	struct entry e = { .kind = ENTRY_MESSAGE, .topic = topic, .len = len, .arrived_ms = at_ms };

	put_entry(t->log, &e, message);
}

static void tell_alarm(struct story *t, size_t drone, unsigned number, int state, int64_t at_ms)
{
	struct alarm al = { .level = LEVEL_WARNING, .state = state, .time = (uint64_t)at_ms,
		.since = (uint64_t)at_ms, .value = 5, .limit = 3, .until = KEY_NONE, .count = 1 };

	snprintf(al.id, sizeof(al.id), "stale-%zu-%u", drone, number);
	str_copy(al.rule, sizeof(al.rule), "stale");
	str_copy(al.drone, sizeof(al.drone), t->swarm->drones[drone].id);
	str_copy(al.text, sizeof(al.text), "nothing heard of it for 5 s");
	tell(t, TOPIC_AL, &al, sizeof(al), at_ms);
}

static void begin_outage(struct story *t, size_t drone, int64_t now_ms, int64_t length_ms, bool lost)
{
	struct outage *o = &t->outages[drone];

	if (o->until_ms)
		return;
	o->until_ms = now_ms + length_ms;
	o->lost = lost;
	o->any = false;
	o->alarm = length_ms > 5000 ? ++t->alarms : 0;
	if (o->alarm)
		tell_alarm(t, drone, o->alarm, ALARM_RAISED, now_ms);
}

static void end_outage(struct story *t, size_t drone, int64_t now_ms)
{
	struct outage *o = &t->outages[drone];
	struct entry gap = { .kind = ENTRY_GAP, .drone = drone, .arrived_ms = now_ms, .boot = o->boot,
		.from = o->from, .to = o->to, .state = o->lost ? GAP_LOST : GAP_FILLED };
	const struct entry *held;
	const void *bytes;
	size_t at = 0;

	while ((held = story_next(&o->held, &at, &bytes))) {
		struct entry e = *held;

		e.arrived_ms = now_ms;
		e.backfilled = true;
		put_entry(t->log, &e, bytes);
	}
	buf_clear(&o->held);
	if (o->any)
		put_entry(t->log, &gap, "");
	if (o->alarm)
		tell_alarm(t, drone, o->alarm, ALARM_CLEARED, now_ms);
	o->until_ms = 0;
}

/* A restart ends what was counted of the boot before. */
static void heard(struct story *t, size_t drone, const struct sample *s, const void *body, size_t len,
    int64_t now_ms)
{
	struct entry e = { .kind = ENTRY_SAMPLE, .drone = drone, .len = len, .boot = sample_boot(s),
		.from = sample_seq(s), .arrived_ms = now_ms };
	struct outage *o = &t->outages[drone];

	if (o->until_ms && (now_ms >= o->until_ms || (o->any && o->boot != e.boot)))
		end_outage(t, drone, now_ms);
	if (!o->until_ms) {
		put_entry(t->log, &e, body);
		return;
	}
	o->from = o->any ? o->from : e.from;
	o->boot = e.boot;
	o->to = e.from;
	o->any = true;
	if (!o->lost)
		put_entry(&o->held, &e, body);
}

static void publish(void *context, const void *topic, size_t topic_len, const void *body, size_t len)
{
	struct story *t = context;
	int64_t now_ms = STORY_START_MS + t->swarm->now_us / 1000 + 3 + (int64_t)(rng_next(&t->rng) % 9);
	enum topic_kind kind;
	struct reject why;
	union message m;
	struct sample s;
	char id[ID_SIZE];

	if (topic_parse(topic, topic_len, &kind, id, &why) == -1)
		return;
	if (kind == TOPIC_TM && sample_decode(body, len, &s, &why) == 0) {
		heard(t, (size_t)(swarm_find(t->swarm, id) - t->swarm->drones), &s, body, len, now_ms);
	} else if ((kind == TOPIC_EV || kind == TOPIC_CM) &&
	    message_decode(&t->doc, kind, id, body, len, &m, &why) == 0) {
		tell(t, kind, &m, kind == TOPIC_EV ? sizeof(m.ev) : sizeof(m.cm), now_ms);
	}
}

/* ---- what people do, and what goes wrong ---- */

static void command(struct story *t, int64_t now_ms)
{
	static const char *const names[] = { "hold", "resume", "rtl", "resume" };
	struct request req = { .op = OP_COMMAND, .expires = (uint64_t)now_ms + 30000 };
	size_t drone = rng_next(&t->rng) % t->swarm->settings.drones;
	struct progress cm = { .stage = STAGE_SENT, .time = (uint64_t)now_ms };
	struct err err;

	snprintf(req.id, sizeof(req.id), "c-%u", t->commands);
	str_copy(req.drone, sizeof(req.drone), t->swarm->drones[drone].id);
	str_copy(req.cmd, sizeof(req.cmd), names[t->commands++ % ARRAY_LEN(names)]);
	str_copy(req.by, sizeof(req.by), "anna");
	str_copy(cm.id, sizeof(cm.id), req.id);
	str_copy(cm.drone, sizeof(cm.drone), req.drone);
	str_copy(cm.cmd, sizeof(cm.cmd), req.cmd);
	str_copy(cm.by, sizeof(cm.by), req.by);
	tell(t, TOPIC_CM, &cm, sizeof(cm), now_ms);
	swarm_command(t->swarm, &req, &err);
}

static void order(struct story *t, int64_t now_ms)
{
	struct order or = { .lat = 47.4, .lon = 8.5, .weight_kg = 1.5, .time = (uint64_t)now_ms,
		.eta = (uint64_t)now_ms + 600000 };

	snprintf(or.id, sizeof(or.id), "O%u", t->orders / 4);
	or.state = ORDER_PENDING + (int)(t->orders % 4) * 2 + (t->orders % 4 == 3);
	str_copy(or.drone, sizeof(or.drone), t->swarm->drones[t->orders / 4 % t->swarm->settings.drones].id);
	str_copy(or.depot, sizeof(or.depot), "depot 1");
	t->orders++;
	tell(t, TOPIC_OR, &or, sizeof(or), now_ms);
}

/* Each second. */
static void trouble(struct story *t, unsigned second)
{
	int64_t now_ms = STORY_START_MS + (int64_t)second * 1000;
	unsigned drones = t->swarm->settings.drones;

	for (unsigned n = 0; n < 1 + drones / 100; n++) {
		if (rng_uniform(&t->rng) < OUTAGES * drones / t->seconds / (1 + drones / 100))
			begin_outage(t, rng_next(&t->rng) % drones, now_ms,
			    (int64_t)(1000 * rng_between(&t->rng, 1, rng_uniform(&t->rng) < 0.1 ? 900 : 40)),
			    rng_uniform(&t->rng) < 0.3);
	}
	for (unsigned i = 0; i < drones; i++) {
		if (second == t->seconds / 8)
			begin_outage(t, i, now_ms, DAEMON_OFF_S * 1000, false);
		if (second == t->seconds / 3)
			begin_outage(t, i, now_ms, DARK_S * 1000, true);
	}
	if (now_ms >= t->next_command_ms) {
		command(t, now_ms);
		t->next_command_ms = now_ms + 10000 + (int64_t)(rng_next(&t->rng) % 40000);
	}
	if (now_ms >= t->next_order_ms) {
		order(t, now_ms);
		t->next_order_ms = now_ms + 60000;
	}
}

struct story *story_new(unsigned drones, unsigned seconds)
{
	struct fault_spec faults[] = {
		{ .kind = FAULT_CRASH, .value = 2e-5 }, { .kind = FAULT_NOGPS, .value = 1e-4 },
		{ .kind = FAULT_SKEW, .value = 1700 }, { .kind = FAULT_SKEW, .value = -45000 },
	};
	struct swarm_settings settings = {
		.drones = drones, .rate_hz = 10, .seed = 7, .home = { 47.39, 8.51 }, .ground = 420,
		.prefix = "D", .name = "sim", .model = MODEL_COUNT, .backfill_mb = 0.1,
		.start_ms = STORY_START_MS, .faults = faults, .fault_count = drones > 4 ? 4 : 2,
	};
	struct story *t = xcalloc(1, sizeof(*t));
	int width = snprintf(NULL, 0, "%u", drones);
	struct err err;

	width = width < 2 ? 2 : width;
	snprintf(faults[2].drone, ID_SIZE, "D%0*u", width, 3);
	snprintf(faults[3].drone, ID_SIZE, "D%0*u", width, 5);
	t->next_command_ms = t->next_order_ms = STORY_START_MS + 5000;
	t->seconds = seconds;
	rng_init(&t->rng, 11, 1);
	t->outages = xcalloc(drones, sizeof(*t->outages));
	wire_doc_init(&t->doc);
	if (swarm_new(&t->swarm, &settings, publish, t, &err) == -1) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	return t;
}

void story_free(struct story *t)
{
	for (unsigned i = 0; i < t->swarm->settings.drones; i++)
		buf_free(&t->outages[i].held);
	free(t->outages);
	wire_doc_clear(&t->doc);
	swarm_free(&t->swarm);
	free(t);
}

const char *story_drone(const struct story *t, size_t drone)
{
	return t->swarm->drones[drone].id;
}

void story_second(struct story *t, unsigned second, struct buf *log)
{
	t->log = log;
	trouble(t, second);
	swarm_advance(t->swarm, (int64_t)(second + 1) * 1000000 - 1);
}
