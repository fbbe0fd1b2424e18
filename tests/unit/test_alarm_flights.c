/* Simulated flights under a fixed seed with the alarms expected, and none
 * besides: the fleet of the simulator, its clock, no sockets. ALARM_TRACE=1
 * prints every change. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "alarm/watch.h"
#include "alarm/zones.h"
#include "base/mem.h"
#include "proto/commands.h"
#include "proto/control.h"
#include "proto/topic.h"

/* Watchers and simulator each have a struct drone. */
#define drone sim_drone
#include "control.h"
#undef drone

#define EPOCH 1700000000000
#define RAISED_MAX 400

struct scene {
	struct swarm *swarm;
	struct fleet fleet;
	struct watch *watch;
	struct wire_doc doc, answer_doc;
	struct buf reply;
	int64_t heard_us;  /* last heartbeat; -1: none yet */
	bool deaf;         /* nothing of the feed arrives any more */
	uint32_t refused;
	int commands;
	char raised[RAISED_MAX][2 * ID_SIZE]; /* "battery-low D01", each once */
	size_t raised_count;
	char stale_plan[64][ID_SIZE]; /* whose plan is to be asked for */
	size_t stale_plans;
};

static struct watch_now now_of(const struct scene *s)
{
	return (
	    struct watch_now){ EPOCH + s->swarm->now_us / 1000, 1000000 + s->swarm->now_us / 1000 };
}

static void on_sample(struct scene *s, const char *id, const void *body, size_t len)
{
	struct watch_now now = now_of(s);
	struct reject why;
	struct sample m;
	struct drone *d;

	if (sample_decode(body, len, &m, &why) == -1) {
		watch_happening(
		    s->watch, &s->fleet, HAPPENING_REJECT, WATCH_NO_DRONE, 0, why.detail, now);
		return;
	}
	d = fleet_add(&s->fleet, id);
	d->source = 0;
	if (drone_apply(d, &m, body, len, now.mono_ms, now.ms).current)
		watch_sample(s->watch, &s->fleet, (size_t)(d - s->fleet.drones), now);
}

static void on_progress(struct scene *s, const struct progress *cm)
{
	struct drone *d = fleet_find(&s->fleet, cm->drone);

	if (d)
		watch_progress(s->watch, &s->fleet, (size_t)(d - s->fleet.drones), cm, now_of(s));
}

static void on_message(void *context, const void *topic, size_t topic_len, const void *body,
    size_t len)
{
	struct scene *s = context;
	enum topic_kind kind;
	char id[ID_SIZE];
	struct reject why;
	union message m;

	if (s->deaf)
		return;
	if (topic_parse(topic, topic_len, &kind, id, &why) == -1) {
		watch_happening(s->watch, &s->fleet, HAPPENING_REJECT, WATCH_NO_DRONE, 0,
		    why.detail, now_of(s));
		return;
	}
	if (kind == TOPIC_TM) {
		on_sample(s, id, body, len);
		return;
	}
	if (kind == TOPIC_UNKNOWN)
		return;
	if (message_decode(&s->doc, kind, id, body, len, &m, &why) == -1) {
		watch_happening(s->watch, &s->fleet, HAPPENING_REJECT, WATCH_NO_DRONE, 0,
		    why.detail, now_of(s));
	} else if (kind == TOPIC_HB) {
		struct watch_source is = {
			.name = "sim", .up = true, .heard = true, .clock_known = true
		};

		s->heard_us = s->swarm->now_us;
		is.offset_ms = (int64_t)m.hb.time - now_of(s).ms;
		watch_source(s->watch, 0, &is, now_of(s));
	} else if (kind == TOPIC_CM) {
		on_progress(s, &m.cm);
	} else if (kind == TOPIC_PL && s->stale_plans < ARRAY_LEN(s->stale_plan)) {
		str_copy(s->stale_plan[s->stale_plans++], ID_SIZE, m.pl.drone);
	}
}

static enum code ask(struct scene *s, const struct buf *body, struct reply *reply)
{
	struct err err;

	buf_clear(&s->reply);
	swarm_answer(s->swarm, &s->answer_doc, body->data, body->len, &s->reply);
	assert_int_equal(reply_parse(&s->answer_doc, s->reply.data, s->reply.len, reply, &err), 0);
	return reply->code;
}

static void fetch_plans(struct scene *s)
{
	while (s->stale_plans > 0) {
		struct request req = { .op = OP_PLAN };
		struct buf body = BUF_INIT;
		struct drone *d;
		struct reply reply;
		struct plan plan = { 0 };
		struct err err;

		str_copy(req.drone, sizeof(req.drone), s->stale_plan[--s->stale_plans]);
		request_encode(&body, &req);
		assert_int_equal(ask(s, &body, &reply), CODE_OK);
		assert_int_equal(plan_read(reply.body, &plan, &err), 0);
		d = fleet_add(&s->fleet, req.drone);
		watch_plan(s->watch, &s->fleet, (size_t)(d - s->fleet.drones), &plan, now_of(s));
		plan_clear(&plan);
		buf_free(&body);
	}
}

static void take_changes(struct scene *s)
{
	struct watch_alarm a;
	char line[2 * ID_SIZE];
	size_t i;

	while (watch_next(s->watch, &a)) {
		if (getenv("ALARM_TRACE"))
			printf("%8.1f %-9s %-8s %-16s %-6s %s [%s]\n",
			    (double)s->swarm->now_us / 1e6, alarm_state_names[a.al.state],
			    alarm_level_names[a.al.level], a.al.rule, a.subject, a.al.text,
			    a.al.id);
		if (a.al.state != ALARM_RAISED)
			continue;
		snprintf(line, sizeof(line), "%.32s %.32s", a.al.rule, a.subject);
		for (i = 0; i < s->raised_count && strcmp(s->raised[i], line) != 0; i++)
			;
		if (i == s->raised_count && i < RAISED_MAX)
			memcpy(s->raised[s->raised_count++], line, sizeof(line));
	}
}

/* A step of an operator's, at a second. */
struct step {
	double at_s;
	const char *drone, *cmd; /* cmd "deaf": the source goes; "hear": it is back */
	double number[3];
	bool charge;             /* sets the charge to number[0] % instead */
};

static void do_step(struct scene *s, const struct step *step)
{
	struct request req = { .op = OP_COMMAND,
		.expires = (uint64_t)(swarm_clock_ms(s->swarm) + 60000) };
	struct command_args args = { 0 };
	struct buf body = BUF_INIT, bytes = BUF_INIT;
	enum command c = step->charge ? CMD_COUNT : command_find(step->cmd);
	struct reply reply;

	if (step->charge) {
		swarm_find(s->swarm, step->drone)->vehicle.battery.charge = step->number[0] / 100;
		return;
	}
	if (c == CMD_COUNT) {
		s->deaf = strcmp(step->cmd, "deaf") == 0;
		return;
	}
	for (size_t i = 0; i < 3; i++) {
		args.number[i] = step->number[i];
		args.has[i] = step->number[i] != 0;
	}
	snprintf(req.id, sizeof(req.id), "command-%d", ++s->commands);
	str_copy(req.drone, sizeof(req.drone), step->drone);
	str_copy(req.cmd, sizeof(req.cmd), step->cmd);
	str_copy(req.by, sizeof(req.by), "test");
	command_args_write(&bytes, c, &args);
	request_encode_command(&body, &req, &bytes);
	if (ask(s, &body, &reply) != CODE_OK)
		fail_msg("%s %s at %.0f s: %s", step->drone, step->cmd, step->at_s, reply.text);
	buf_free(&body);
	buf_free(&bytes);
}

struct flight_case {
	const char *legend;
	unsigned drones;
	double rate;
	enum model_kind model;
	bool idle;
	double seconds;
	const char *faults[4];
	struct step steps[12];
	const char *zones; /* "fence": 400 m around home; "ceiling": 40 m above it */
	bool crowded;      /* its drones may come near each other: not looked at */
	const char *expected; /* "rule subject" each, commas between, in order of the alphabet */
};

static void add_square(
    struct zone_set *set, struct geo_point home, enum zone_kind kind, double half_m, double ceiling)
{
	struct geo_frame f = geo_frame_at(home);
	struct geo_point corners[4] = {
		geo_from_xy(&f, -half_m, -half_m), geo_from_xy(&f, half_m, -half_m),
		geo_from_xy(&f, half_m, half_m), geo_from_xy(&f, -half_m, half_m),
	};
	struct zone_ring ring = { corners, 4 };
	struct zone zone = { .kind = kind, .floor = ZONE_NO_HEIGHT,
		.ceiling = { ceiling, ABOVE_HOME }, .rings = &ring, .ring_count = 1 };
	struct zone_section section = {
		.name = "site", .floor = ZONE_NO_HEIGHT, .ceiling = ZONE_NO_HEIGHT
	};
	struct err err;

	str_copy(zone.name, sizeof(zone.name), "field");
	if (zone_set_add(set, &section, &zone, 1, NULL, &err) == -1)
		fail_msg("zone: %s", err.text);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void fly(const struct flight_case *c)
{
	struct swarm_settings settings = {
		.drones = c->drones, .rate_hz = c->rate, .seed = 42, .home = { 47.1410, 9.5209 },
		.ground = 455, .prefix = "D", .name = "sim", .model = c->model, .idle = c->idle,
		.backfill_mb = 1, .start_ms = EPOCH,
	};
	/* Drones at work in one air do come near each other, and when depends on the
	 * last bit of the simulator's arithmetic. */
	static const struct rule_words apart = { .name = "separation", .off = true, .latch = -1 };
	struct watch_settings watching = { .stale_s = 3, .lost_s = 10 };
	struct fault_spec faults[4];
	struct scene s = { .heard_us = -1 };
	struct rule_set rules;
	struct zone_set *zones = zone_set_new();
	struct buf got = BUF_INIT;
	struct err err;
	size_t step = 0;

	if (getenv("ALARM_TRACE"))
		printf("== %s\n", c->legend);

	for (; settings.fault_count < 4 && c->faults[settings.fault_count]; settings.fault_count++)
		assert_int_equal(fault_parse(c->faults[settings.fault_count],
				     &faults[settings.fault_count], &err),
		    0);
	settings.faults = faults;
	wire_doc_init(&s.doc);
	wire_doc_init(&s.answer_doc);
	if (rule_set_build(&rules, &apart, c->crowded ? 1 : 0, &err) == -1)
		fail_msg("rules: %s", err.text);
	s.watch = watch_new(&watching, &rules);
	if (swarm_new(&s.swarm, &settings, on_message, &s, &err) == -1)
		fail_msg("%s: %s", c->legend, err.text);
	if (c->zones) {
		bool fence = strcmp(c->zones, "fence") == 0;

		add_square(zones, settings.home, fence ? ZONE_IN : ZONE_CEILING, fence ? 400 : 5000,
		    fence ? NAN : 40);
		watch_zones(s.watch, zones);
	}
	for (int64_t t = 0; t < (int64_t)(c->seconds * 1e6); t += 50000) {
		swarm_advance(s.swarm, t);
		for (; step < ARRAY_LEN(c->steps) && c->steps[step].cmd &&
		    c->steps[step].at_s * 1e6 <= (double)t; step++)
			do_step(&s, &c->steps[step]);
		fetch_plans(&s);
		if (s.heard_us >= 0 && t - s.heard_us > 3500000) {
			struct watch_source is = {
				.name = "sim", .heard = true, .clock_known = true
			};

			watch_source(s.watch, 0, &is, now_of(&s));
		}
		watch_tick(s.watch, &s.fleet, now_of(&s));
		take_changes(&s);
	}
	qsort(s.raised, s.raised_count, sizeof(s.raised[0]), by_text);
	for (size_t i = 0; i < s.raised_count; i++)
		buf_printf(&got, "%s%s", i ? ", " : "", s.raised[i]);
	if (strcmp(got.data ? got.data : "", c->expected) != 0 && getenv("ALARM_TRACE"))
		printf("%s:\n\texpected \"%s\"\n\traised   \"%s\"\n", c->legend, c->expected,
		    got.data ? got.data : "");
	else if (strcmp(got.data ? got.data : "", c->expected) != 0)
		fail_msg("%s:\nexpected \"%s\"\nraised   \"%s\"", c->legend, c->expected,
		    got.data ? got.data : "");
	buf_free(&got);
	swarm_free(&s.swarm);
	watch_free(&s.watch);
	zone_set_free(&zones);
	fleet_clear(&s.fleet);
	buf_free(&s.reply);
	wire_doc_clear(&s.doc);
	wire_doc_clear(&s.answer_doc);
}

static const struct flight_case cases[] = {
	{ .legend = "a working day of twelve: nothing is wrong",
	    .drones = 12,
	    .rate = 5,
	    .model = MODEL_COUNT,
	    .seconds = 3 * 3600,
	    .crowded = true,
	    .expected = "" },
	{ .legend = "sent to where another hovers",
	    .drones = 2,
	    .rate = 5,
	    .model = MODEL_QUAD,
	    .idle = true,
	    .seconds = 150,
	    .steps = { { .at_s = 5, .drone = "D01", .cmd = "arm" },
		{ .at_s = 5, .drone = "D02", .cmd = "arm" },
		{ .at_s = 8, .drone = "D01", .cmd = "takeoff", .number = { 60 } },
		{ .at_s = 8, .drone = "D02", .cmd = "takeoff", .number = { 30 } },
		{ .at_s = 40, .drone = "D01", .cmd = "goto", .number = { 47.144, 9.5209 } },
		{ .at_s = 80, .drone = "D02", .cmd = "goto", .number = { 47.142, 9.5209, 60 } },
		{ .at_s = 110, .drone = "D01", .cmd = "goto", .number = { 47.142, 9.5209 } } },
	    .expected = "separation D01" },
	{ .legend = "parked, whatever its charge",
	    .drones = 2,
	    .rate = 2,
	    .model = MODEL_QUAD,
	    .idle = true,
	    .seconds = 300,
	    .steps = { { .at_s = 10, .drone = "D01", .cmd = "", .number = { 4 }, .charge = true } },
	    .expected = "" },
	{ .legend = "the charge goes in the air",
	    .drones = 2,
	    .rate = 5,
	    .model = MODEL_QUAD,
	    .idle = true,
	    .seconds = 300,
	    .steps = { { .at_s = 5, .drone = "D01", .cmd = "arm" },
		{ .at_s = 8, .drone = "D01", .cmd = "takeoff", .number = { 30 } },
		{ .at_s = 40, .drone = "D01", .cmd = "", .number = { 14 }, .charge = true } },
	    .expected = "battery-low D01, failsafe D01" },
	{ .legend = "no position",
	    .drones = 1,
	    .rate = 5,
	    .model = MODEL_QUAD,
	    .seconds = 1200,
	    .faults = { "nogps=0.01" },
	    .expected = "failsafe D01, flood site, position-lost D01" },
	{ .legend = "radio silence",
	    .drones = 4,
	    .rate = 5,
	    .model = MODEL_QUAD,
	    .seconds = 1200,
	    .faults = { "silence=0.003@D02" },
	    .expected = "gaps D02, lost D02, stale D02" },
	{ .legend = "a crash",
	    .drones = 2,
	    .rate = 5,
	    .model = MODEL_QUAD,
	    .seconds = 1200,
	    .faults = { "crash=0.003@D02" },
	    .expected = "failsafe D02, position-lost D02, stale D02" },
	{ .legend = "samples lost on the way and never asked for",
	    .drones = 2,
	    .rate = 5,
	    .model = MODEL_QUAD,
	    .seconds = 200,
	    .faults = { "drop=0.01@D01" },
	    .expected = "gaps D01" },
	{ .legend = "malformed messages",
	    .drones = 2,
	    .rate = 5,
	    .model = MODEL_QUAD,
	    .seconds = 100,
	    .faults = { "garbage=0.02@D01" },
	    .expected = "rejects sim" },
	{ .legend = "a clock that is off",
	    .drones = 2,
	    .rate = 5,
	    .model = MODEL_QUAD,
	    .seconds = 100,
	    .faults = { "skew=-8000" },
	    .expected = "clock-skew sim" },
	{ .legend = "the source goes and comes back",
	    .drones = 3,
	    .rate = 5,
	    .model = MODEL_QUAD,
	    .seconds = 400,
	    .steps = { { .at_s = 120, .cmd = "deaf" }, { .at_s = 180, .cmd = "hear" } },
	    .expected = "gaps D01, gaps D02, gaps D03, source-lost sim" },
	{ .legend = "sent past its fence",
	    .drones = 1,
	    .rate = 5,
	    .model = MODEL_QUAD,
	    .idle = true,
	    .seconds = 200,
	    .zones = "fence",
	    .steps = { { .at_s = 5, .drone = "D01", .cmd = "arm" },
		{ .at_s = 8, .drone = "D01", .cmd = "takeoff", .number = { 30 } },
		{ .at_s = 40, .drone = "D01", .cmd = "goto", .number = { 47.1470, 9.5209 } } },
	    .expected = "fence-ahead D01, fence-breach D01" },
	{ .legend = "sent above the ceiling",
	    .drones = 1,
	    .rate = 5,
	    .model = MODEL_QUAD,
	    .idle = true,
	    .seconds = 200,
	    .zones = "ceiling",
	    .steps = { { .at_s = 5, .drone = "D01", .cmd = "arm" },
		{ .at_s = 8, .drone = "D01", .cmd = "takeoff", .number = { 60 } } },
	    .expected = "ceiling D01" },
	{ .legend = "a command replaced",
	    .drones = 1,
	    .rate = 5,
	    .model = MODEL_QUAD,
	    .idle = true,
	    .seconds = 100,
	    .steps = { { .at_s = 5, .drone = "D01", .cmd = "arm" },
		{ .at_s = 8, .drone = "D01", .cmd = "takeoff", .number = { 60 } },
		{ .at_s = 10, .drone = "D01", .cmd = "land" } },
	    .expected = "" },
	{ .legend = "far out with too little to come home",
	    .drones = 1,
	    .rate = 5,
	    .model = MODEL_QUAD,
	    .idle = true,
	    .seconds = 500,
	    .steps = { { .at_s = 5, .drone = "D01", .cmd = "arm" },
		{ .at_s = 8, .drone = "D01", .cmd = "takeoff", .number = { 60 } },
		{ .at_s = 30, .drone = "D01", .cmd = "goto", .number = { 47.18, 9.5209 } },
		{ .at_s = 300, .drone = "D01", .cmd = "", .number = { 18 }, .charge = true } },
	    .expected = "battery-critical D01, battery-low D01, command-failed D01, failsafe D01, "
			"return-energy D01, return-short D01" },
};

static void test_flights(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		fly(&cases[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flights),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
