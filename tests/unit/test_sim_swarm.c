/* The simulated fleet as its watchers see it: the same run twice, the spread of
 * instants, heartbeats, commands from request to last stage, faults. */
#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "control.h"

#define EPOCH 1700000000000

/* What came out: kept whole, and looked into by kind. */
struct watch {
	struct buf bytes;
	size_t messages, samples, heartbeats, pictures;
	uint64_t sent; /* of the last heartbeat */
	bool sent_right;
	struct sample last[8];
	int64_t first_time[8];
	uint32_t next_seq[8];
	unsigned holes, doubles, restarts, bad;
	struct progress progress[64];
	size_t progress_count;
	struct wire_doc doc;
};

static void on_sample(struct watch *w, const char *id, const void *body, size_t len)
{
	unsigned d = (unsigned)atoi(id + 1) - 1;
	struct reject why;
	struct sample s;

	if (sample_decode(body, len, &s, &why) == -1) {
		w->bad++;
		return;
	}
	w->samples++;
	if (d >= ARRAY_LEN(w->last))
		return;
	if (sample_boot(&w->last[d]) != sample_boot(&s)) {
		w->restarts += w->last[d].known != 0;
		w->next_seq[d] = 0;
	} else {
		assert_true(sample_seq(&s) <= sample_seq(&w->last[d]) ||
			    sample_time(&s) > sample_time(&w->last[d]));
	}
	if (!w->first_time[d])
		w->first_time[d] = sample_time(&s);
	w->holes += sample_seq(&s) > w->next_seq[d];
	w->doubles += sample_seq(&s) < w->next_seq[d];
	if (sample_seq(&s) >= w->next_seq[d]) {
		w->next_seq[d] = sample_seq(&s) + 1;
		w->last[d] = s;
	}
}

static void on_message(void *context, const void *topic, size_t topic_len, const void *body,
    size_t len)
{
	struct watch *w = context;
	enum topic_kind kind;
	char id[ID_SIZE];
	struct reject why;
	union message m;

	buf_add(&w->bytes, topic, topic_len);
	buf_add(&w->bytes, body, len);
	w->messages++;
	if (topic_parse(topic, topic_len, &kind, id, &why) == -1) {
		w->bad++;
		return;
	}
	if (kind == TOPIC_TM) {
		on_sample(w, id, body, len);
		return;
	}
	if (message_decode(&w->doc, kind, id, body, len, &m, &why) == -1) {
		w->bad++;
		return;
	}
	if (kind == TOPIC_VD) {
		w->pictures++;
	} else if (kind == TOPIC_HB) {
		w->heartbeats++;
		w->sent = m.hb.sent;
		w->sent_right = m.hb.sent == w->messages - 1;
	} else if (kind == TOPIC_CM && w->progress_count < ARRAY_LEN(w->progress)) {
		w->progress[w->progress_count++] = m.cm;
	}
}

struct fixture {
	struct swarm *swarm;
	struct watch watch;
	struct wire_doc doc;
	struct buf reply;
	int commands;
};

static struct swarm_settings settings_of(unsigned drones, double rate)
{
	return (struct swarm_settings){
		.drones = drones, .rate_hz = rate, .seed = 42, .home = { 47.1410, 9.5209 },
		.ground = 455, .prefix = "D", .name = "sim", .model = MODEL_COUNT,
		.backfill_mb = 8, .start_ms = EPOCH,
	};
}

static void start(struct fixture *x, const struct swarm_settings *settings)
{
	struct err err;

	memset(x, 0, sizeof(*x));
	wire_doc_init(&x->watch.doc);
	wire_doc_init(&x->doc);
	assert_int_equal(swarm_new(&x->swarm, settings, on_message, &x->watch, &err), 0);
}

static void stop(struct fixture *x)
{
	swarm_free(&x->swarm);
	buf_free(&x->watch.bytes);
	buf_free(&x->reply);
	wire_doc_clear(&x->watch.doc);
	wire_doc_clear(&x->doc);
}

static void run_to(struct fixture *x, double seconds)
{
	swarm_advance(x->swarm, (int64_t)(seconds * 1e6));
}

static double now(const struct fixture *x)
{
	return (double)x->swarm->now_us / 1e6;
}

/* Asks and returns the code of the answer. */
static enum code ask(struct fixture *x, const struct buf *body, struct reply *reply)
{
	struct err err;

	buf_clear(&x->reply);
	swarm_answer(x->swarm, &x->doc, body->data, body->len, &x->reply);
	assert_int_equal(reply_parse(&x->doc, x->reply.data, x->reply.len, reply, &err), 0);
	return reply->code;
}

static enum code command_as(struct fixture *x, const char *id, const char *drone, const char *cmd,
    const struct command_args *args, int64_t expires_in)
{
	struct request req = { .op = OP_COMMAND,
		.expires = (uint64_t)(swarm_clock_ms(x->swarm) + expires_in) };
	struct buf body = BUF_INIT, args_bytes = BUF_INIT;
	enum command c = command_find(cmd);
	struct reply reply;
	enum code code;

	str_copy(req.id, sizeof(req.id), id);
	str_copy(req.drone, sizeof(req.drone), drone);
	str_copy(req.cmd, sizeof(req.cmd), cmd);
	str_copy(req.by, sizeof(req.by), "test");
	if (args && c != CMD_COUNT)
		command_args_write(&args_bytes, c, args);
	else
		wire_put_map(&args_bytes, 0);
	request_encode_command(&body, &req, &args_bytes);
	code = ask(x, &body, &reply);
	CHECK(reply.text, code == CODE_OK || *reply.text);
	buf_free(&body);
	buf_free(&args_bytes);
	return code;
}

static enum code command(struct fixture *x, const char *drone, const char *cmd,
    const struct command_args *args)
{
	char id[40];

	snprintf(id, sizeof(id), "command-%d", ++x->commands);
	return command_as(x, id, drone, cmd, args, 60000);
}

/* The stages seen of a command: "accepted active done". */
static const char *stages(const struct fixture *x, const char *id, char text[128])
{
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < x->watch.progress_count; i++) {
		const struct progress *cm = &x->watch.progress[i];

		if (strcmp(cm->id, id) == 0)
			n += (size_t)snprintf(text + n, 128 - n, "%s%s%s%s", n ? " " : "",
			    stage_names[cm->stage], *cm->code ? ":" : "", cm->code);
	}
	return text;
}

static const char *last_stages(const struct fixture *x, char text[128])
{
	char id[40];

	snprintf(id, sizeof(id), "command-%d", x->commands);
	return stages(x, id, text);
}

static void test_same_bytes(void **state)
{
	struct fixture x[2];
	static const char *const faults[] = {
		"drop=0.01", "dup=0.01", "reorder=0.02", "garbage=0.02", "nogps=0.01", "silence=0.01",
		"crash=0.01", "skew=70@D2",
	};
	struct fault_spec specs[ARRAY_LEN(faults)];
	struct err err;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(faults); i++)
		assert_int_equal(fault_parse(i == 7 ? "skew=70@D02" : faults[i], &specs[i], &err), 0);
	for (int r = 0; r < 2; r++) {
		struct swarm_settings settings = settings_of(8, 10);
		struct command_args goto_args = { .has = { true, true }, .number = { 47.143, 9.5209 } };

		settings.faults = specs;
		settings.fault_count = ARRAY_LEN(specs);
		start(&x[r], &settings);
		/* In steps of another size, as pacing has it. */
		for (double t = 0.5; t < 30; t += r ? 0.5 : 0.25)
			run_to(&x[r], t);
		run_to(&x[r], 30.004);
		command(&x[r], "D01", "goto", &goto_args);
		run_to(&x[r], 200);
	}
	assert_true(x[0].watch.samples > 10000);
	assert_true(x[0].watch.bad > 50);
	assert_int_equal(x[0].watch.bytes.len, x[1].watch.bytes.len);
	assert_memory_equal(x[0].watch.bytes.data, x[1].watch.bytes.data, x[0].watch.bytes.len);
	stop(&x[0]);
	stop(&x[1]);
}

static void test_another_seed(void **state)
{
	struct swarm_settings settings = settings_of(4, 10);
	struct fixture x, y;

	(void)state;
	start(&x, &settings);
	settings.seed = 43;
	start(&y, &settings);
	run_to(&x, 30);
	run_to(&y, 30);
	assert_true(x.watch.bytes.len != y.watch.bytes.len ||
		    memcmp(x.watch.bytes.data, y.watch.bytes.data, x.watch.bytes.len) != 0);
	stop(&x);
	stop(&y);
}

static void test_spread(void **state)
{
	static const struct { const char *legend; unsigned drones; double rate; } cases[] = {
		{ "4 at 10 Hz", 4, 10 }, { "8 at 1 Hz", 8, 1 }, { "3 at 0.5 Hz", 3, 0.5 },
		{ "5 at 50 Hz", 5, 50 }, { "1 at 10 Hz", 1, 10 }, { "7 at 3 Hz", 7, 3 },
		{ "6 at 13 Hz", 6, 13 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct swarm_settings settings = settings_of(cases[i].drones, cases[i].rate);
		double period = 1000 / cases[i].rate;
		struct fixture x;

		settings.idle = true;
		start(&x, &settings);
		run_to(&x, 20);
		for (unsigned d = 0; d < cases[i].drones; d++) {
			double want = period * d / cases[i].drones;
			double all = 20 * cases[i].rate;

			CHECK(cases[i].legend, fabs((double)(x.watch.first_time[d] - EPOCH) - want) <= 1);
			CHECK(cases[i].legend, fabs(x.watch.next_seq[d] - all) <= 1);
		}
		CHECK(cases[i].legend, x.watch.holes == 0 && x.watch.doubles == 0 && x.watch.bad == 0);
		CHECK(cases[i].legend, x.watch.heartbeats == 21 && x.watch.sent_right);
		stop(&x);
	}
}

#define NOTHING { { false }, { 0 }, { NULL, 0 } }

static void test_commands(void **state)
{
	static const struct {
		const char *legend, *cmd;
		struct command_args args;
		enum code code;
		double wait_s;
		const char *stages;
	} steps[] = {
		{ "not armed", "takeoff", { { true }, { 20 }, { NULL, 0 } }, CODE_REJECTED, 0,
		    "rejected:rejected" },
		{ "hold before arming", "hold", NOTHING, CODE_REJECTED, 0, "rejected:rejected" },
		{ "arm", "arm", NOTHING, CODE_OK, 1, "accepted active done" },
		{ "goto on the ground", "goto", { { true, true }, { 47.142, 9.521 }, { NULL, 0 } },
		    CODE_REJECTED, 0, "rejected:rejected" },
		{ "takeoff", "takeoff", { { true }, { 20 }, { NULL, 0 } }, CODE_OK, 30, "accepted active done" },
		{ "out of range", "goto", { { true, true }, { 48, 9.5 }, { NULL, 0 } }, CODE_REJECTED, 0,
		    "rejected:rejected" },
		{ "no such arg", "goto", { { true }, { 47.142 }, { NULL, 0 } }, CODE_BAD_ARGS, 0,
		    "rejected:bad-args" },
		{ "no such command", "dance", NOTHING, CODE_UNKNOWN_COMMAND, 0,
		    "rejected:unknown-command" },
		{ "goto", "goto", { { true, true, true }, { 47.142, 9.521, 30 }, { NULL, 0 } }, CODE_OK, 60,
		    "accepted active done" },
		{ "disarm in the air", "disarm", NOTHING, CODE_REJECTED, 0, "rejected:rejected" },
		{ "no mission", "start", NOTHING, CODE_REJECTED, 0, "rejected:rejected" },
		{ "nothing to resume", "resume", NOTHING, CODE_REJECTED, 0, "rejected:rejected" },
		{ "speed", "speed", { { true }, { 8 }, { NULL, 0 } }, CODE_OK, 0, "accepted active done" },
		{ "too fast", "speed", { { true }, { 250 }, { NULL, 0 } }, CODE_REJECTED, 0,
		    "rejected:rejected" },
		{ "video", "video", { { true }, { 1 }, { NULL, 0 } }, CODE_OK, 0, "accepted active done" },
		{ "home", "home", { { true, true }, { 47.1415, 9.5212 }, { NULL, 0 } }, CODE_OK, 0,
		    "accepted active done" },
		{ "hold", "hold", NOTHING, CODE_OK, 10, "accepted active done" },
		{ "rtl", "rtl", NOTHING, CODE_OK, 120, "accepted active done" },
		{ "rtl once more", "rtl", NOTHING, CODE_REJECTED, 0, "rejected:rejected" },
		{ "arm again", "arm", NOTHING, CODE_OK, 0, "accepted active done" },
		{ "disarm", "disarm", NOTHING, CODE_OK, 0, "accepted active done" },
	};
	struct swarm_settings settings = settings_of(2, 10);
	struct fixture x;
	char text[128];

	(void)state;
	settings.idle = true;
	settings.model = MODEL_QUAD;
	start(&x, &settings);
	run_to(&x, 1);
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		CHECK(steps[i].legend, command(&x, "D01", steps[i].cmd, &steps[i].args) == steps[i].code);
		run_to(&x, now(&x) + steps[i].wait_s);
		last_stages(&x, text);
		if (strcmp(text, steps[i].stages) != 0)
			fail_msg("%s: %s, not %s", steps[i].legend, text, steps[i].stages);
		run_to(&x, now(&x) + 0.5);
	}
	/* It came down at the new home. */
	assert_true(fabs(sample_value(&x.watch.last[0], FIELD_lat) - 47.1415) < 5e-5);
	assert_int_equal(x.watch.last[0].raw[FIELD_flags] & (FLAG_ARMED | FLAG_IN_AIR), 0);
	stop(&x);
}

static struct command_args mission_of(struct mission_item *items, size_t n, bool begin)
{
	return (struct command_args){
		.has = { true, true }, .number = { 0, begin }, .items = { items, n },
	};
}

static void test_mission(void **state)
{
	struct mission_item items[] = {
		{ 47.1415, 9.5209, 30, NAN, 0 }, { 47.1415, 9.5219, 35, NAN, 2 },
		{ 47.1410, 9.5219, 30, 6, 0 },
	};
	struct command_args up = { .has = { true }, .number = { 25 } };
	struct command_args load = mission_of(items, 3, false), begin = mission_of(items, 3, true);
	struct command_args away = { .has = { true, true }, .number = { 47.144, 9.521 } };
	struct swarm_settings settings = settings_of(1, 10);
	struct fixture x;
	char text[128];

	(void)state;
	settings.idle = true;
	for (int kind = 0; kind < MODEL_COUNT; kind++) {
		const char *legend = flight_models[kind].name;

		items[2].speed = flight_models[kind].hovers ? 6 : 14;
		settings.model = (enum model_kind)kind;
		start(&x, &settings);
		run_to(&x, 1);
		CHECK(legend, command(&x, "D01", "mission", &load) == CODE_OK);
		CHECK(legend, strcmp(last_stages(&x, text), "accepted active done") == 0);
		CHECK(legend, command(&x, "D01", "start", NULL) == CODE_REJECTED);
		command(&x, "D01", "arm", NULL);
		CHECK(legend, command(&x, "D01", "takeoff", &up) == CODE_OK);
		run_to(&x, now(&x) + 2);
		CHECK(legend, command(&x, "D01", "mission", &begin) == CODE_OK);
		CHECK(legend, strcmp(stages(&x, "command-4", text), "accepted active failed") == 0);
		CHECK(legend, strcmp(x.watch.progress[x.watch.progress_count - 3].text,
				  "replaced by mission") == 0);
		run_to(&x, now(&x) + 12);
		CHECK(legend, x.watch.last[0].raw[FIELD_waypoint] >= 1);
		CHECK(legend, x.watch.last[0].raw[FIELD_waypoints] == 3);
		/* Interrupted, and taken up again. */
		CHECK(legend, command(&x, "D01", "hold", NULL) == CODE_OK);
		run_to(&x, now(&x) + 15);
		CHECK(legend, strcmp(last_stages(&x, text), "accepted active done") == 0);
		CHECK(legend, command(&x, "D01", "resume", NULL) == CODE_OK);
		run_to(&x, now(&x) + 1);
		CHECK(legend, x.watch.last[0].raw[FIELD_mode] == MODE_MISSION);
		/* Replaced while it is flown. */
		CHECK(legend, command(&x, "D01", "mission", &begin) == CODE_OK);
		run_to(&x, now(&x) + 180);
		CHECK(legend, strcmp(last_stages(&x, text), "accepted active done") == 0);
		CHECK(legend, command(&x, "D01", "goto", &away) == CODE_OK);
		CHECK(legend, command(&x, "D01", "kill", NULL) == CODE_OK);
		CHECK(legend, strcmp(last_stages(&x, text), "accepted active done") == 0);
		CHECK(legend, command(&x, "D01", "land", NULL) == CODE_REJECTED);
		run_to(&x, now(&x) + 15);
		CHECK(legend, x.watch.last[0].raw[FIELD_mode] == MODE_EMERGENCY);
		CHECK(legend, x.watch.bad == 0);
		stop(&x);
	}
}

static void test_answers_kept(void **state)
{
	struct swarm_settings settings = settings_of(2, 10);
	struct fixture x;
	char text[128];

	(void)state;
	settings.idle = true;
	start(&x, &settings);
	run_to(&x, 1);
	assert_int_equal(command_as(&x, "once", "D01", "arm", NULL, 5000), CODE_OK);
	run_to(&x, 100);
	/* The same answer, whatever else it says now, and no second flight. */
	assert_int_equal(command_as(&x, "once", "D09", "nonsense", NULL, -5000), CODE_OK);
	assert_string_equal(stages(&x, "once", text), "accepted active done");
	assert_int_equal(command_as(&x, "twice", "D02", "takeoff",
	    &(struct command_args){ .has = { true }, .number = { 10 } }, 5000), CODE_REJECTED);
	command(&x, "D02", "arm", NULL);
	assert_int_equal(command_as(&x, "twice", "D02", "takeoff",
	    &(struct command_args){ .has = { true }, .number = { 10 } }, 5000), CODE_REJECTED);
	assert_string_equal(stages(&x, "twice", text), "rejected:rejected");
	assert_int_equal(command_as(&x, "late", "D01", "disarm", NULL, -1), CODE_EXPIRED);
	assert_string_equal(stages(&x, "late", text), "rejected:expired");
	assert_int_equal(command_as(&x, "early", "D01", "disarm", NULL, 3600001), CODE_BAD_ARGS);
	assert_int_equal(command_as(&x, "nobody", "D77", "disarm", NULL, 1000), CODE_UNKNOWN_DRONE);
	assert_string_equal(stages(&x, "nobody", text), "rejected:unknown-drone");
	stop(&x);
}

static void test_refused_for_reasons(void **state)
{
	static const struct { const char *legend, *cmd; double charge, no_fix_s; const char *says; } cases[] = {
		{ "arm, no fix", "arm", 1, 10, "no position fix" },
		{ "arm, empty", "arm", 0.1, 0, "battery" },
		{ "goto, no fix", "goto", 1, 10, "no position fix" },
		{ "goto, battery", "goto", 0.3, 0, "battery" },
		{ "takeoff in the air", "takeoff", 1, 0, "in the air already" },
		{ "hold, whatever", "hold", 0.05, 10, NULL },
		{ "rtl, whatever", "rtl", 0.05, 10, NULL },
		{ "land, whatever", "land", 0.05, 10, NULL },
	};
	struct command_args up = { .has = { true }, .number = { 30 } };
	struct command_args far = { .has = { true, true }, .number = { 47.175, 9.54 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct swarm_settings settings = settings_of(1, 10);
		const struct command_args *args = strcmp(cases[i].cmd, "goto") == 0 ? &far
		    : strcmp(cases[i].cmd, "takeoff") == 0 ? &up : NULL;
		struct vehicle *v;
		struct fixture x;
		enum code code;

		settings.idle = true;
		settings.model = MODEL_QUAD;
		start(&x, &settings);
		v = &x.swarm->drones[0].vehicle;
		if (strcmp(cases[i].cmd, "arm") != 0) {
			command(&x, "D01", "arm", NULL);
			command(&x, "D01", "takeoff", &up);
			run_to(&x, 30);
		}
		v->battery.charge = cases[i].charge;
		v->sensors.no_fix_s = cases[i].no_fix_s;
		code = command(&x, "D01", cases[i].cmd, args);
		CHECK(cases[i].legend, code == (cases[i].says ? CODE_REJECTED : CODE_OK));
		if (cases[i].says) {
			const struct progress *cm = &x.watch.progress[x.watch.progress_count - 1];

			CHECK(cm->text, strstr(cm->text, cases[i].says) != NULL);
		}
		stop(&x);
	}
}

/* A drone at work obeys a command until it is given back. */
static void test_work_interrupted(void **state)
{
	struct swarm_settings settings = settings_of(4, 10);
	struct fixture x;

	(void)state;
	settings.model = MODEL_QUAD;
	start(&x, &settings);
	run_to(&x, 20);
	assert_true(x.watch.last[0].raw[FIELD_flags] & FLAG_IN_AIR);
	assert_true(x.watch.last[0].raw[FIELD_waypoints] > 0);
	assert_int_equal(command(&x, "D01", "land", NULL), CODE_OK);
	run_to(&x, 400);
	assert_false(x.watch.last[0].raw[FIELD_flags] & FLAG_IN_AIR);
	/* One on the ground is told to stay there. */
	assert_int_equal(command(&x, "D01", "resume", NULL), CODE_OK);
	run_to(&x, 700);
	assert_false(x.swarm->drones[0].commanded);
	assert_int_equal(command(&x, "D02", "rtl", NULL), CODE_OK);
	run_to(&x, 2000);
	assert_false(x.watch.last[1].raw[FIELD_flags] & FLAG_IN_AIR);
	assert_true(x.watch.bad == 0 && x.watch.holes == 0);
	stop(&x);
}

static void test_video(void **state)
{
	struct command_args on = { .has = { true, true }, .number = { 1, 4 } };
	struct command_args off = { .has = { true }, .number = { 0 } };
	struct swarm_settings settings = settings_of(2, 10);
	struct fixture x;

	(void)state;
	start(&x, &settings);
	run_to(&x, 10);
	assert_int_equal(x.watch.pictures, 0);
	assert_int_equal(command(&x, "D01", "video", &on), CODE_OK);
	run_to(&x, 20);
	assert_true(x.watch.pictures >= 30 && x.watch.pictures <= 41);
	assert_true(x.watch.last[0].raw[FIELD_flags] & FLAG_VIDEO);
	assert_int_equal(command(&x, "D01", "video", &off), CODE_OK);
	x.watch.pictures = 0;
	run_to(&x, 30);
	assert_int_equal(x.watch.pictures, 0);
	assert_int_equal(x.watch.bad, 0);
	stop(&x);
}

static enum code backfill(struct fixture *x, const char *drone, uint32_t boot, uint32_t from,
    uint32_t to, struct reply *reply)
{
	struct request req = { .op = OP_BACKFILL, .boot = boot, .from = from, .to = to };
	struct buf body = BUF_INIT;
	enum code code;

	str_copy(req.drone, sizeof(req.drone), drone);
	request_encode(&body, &req);
	code = ask(x, &body, reply);
	buf_free(&body);
	return code;
}

static void test_faults(void **state)
{
	static const struct { const char *fault; bool holes, doubles, restarts, bad; } cases[] = {
		{ "drop=0.1", true, false, false, false }, { "dup=0.1", false, true, false, false },
		{ "reorder=0.1", true, true, false, false }, { "garbage=0.1", false, false, false, true },
		{ "silence=0.1", true, false, false, false }, { "crash=0.1", false, false, true, false },
		{ "skew=5000", false, false, false, false }, { "nogps=0.1", false, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct swarm_settings settings = settings_of(4, 10);
		struct fault_spec spec;
		struct fixture x;
		struct reply reply;
		struct err err;

		assert_int_equal(fault_parse(cases[i].fault, &spec, &err), 0);
		settings.faults = &spec;
		settings.fault_count = 1;
		start(&x, &settings);
		run_to(&x, 60);
		CHECK(cases[i].fault, (x.watch.holes > 0) == cases[i].holes);
		CHECK(cases[i].fault, (x.watch.doubles > 0) == cases[i].doubles);
		CHECK(cases[i].fault, (x.watch.restarts > 0) == cases[i].restarts);
		CHECK(cases[i].fault, (x.watch.bad > 0) == cases[i].bad);
		CHECK(cases[i].fault, x.watch.sent_right);
		/* Whatever the radio lost, backfill has. */
		CHECK(cases[i].fault, backfill(&x, "D01", EPOCH / 1000, 0, 9, &reply) == CODE_OK);
		CHECK(cases[i].fault, wire_count(wire_key(reply.body, "samples")) == 10);
		stop(&x);
	}
}

static void test_control(void **state)
{
	static const struct { const char *legend; enum op op; enum code code; } ops[] = {
		{ "hello", OP_HELLO, CODE_OK }, { "roster", OP_ROSTER, CODE_OK },
		{ "sources", OP_SOURCES, CODE_UNKNOWN_OP }, { "commands", OP_COMMANDS, CODE_OK },
		{ "plan", OP_PLAN, CODE_OK },
	};
	struct swarm_settings settings = settings_of(3, 10);
	struct buf body = BUF_INIT;
	struct reply reply;
	struct fixture x;
	struct plan plan;
	struct err err;
	struct rng rng;

	(void)state;
	start(&x, &settings);
	run_to(&x, 30);
	for (size_t i = 0; i < ARRAY_LEN(ops); i++) {
		struct request req = { .op = ops[i].op, .since = KEY_NONE };

		str_copy(req.drone, sizeof(req.drone), ops[i].op == OP_PLAN ? "D02" : "");
		buf_clear(&body);
		request_encode(&body, &req);
		CHECK(ops[i].legend, ask(&x, &body, &reply) == ops[i].code);
		if (ops[i].op == OP_ROSTER)
			CHECK(ops[i].legend, wire_count(wire_key(reply.body, "drones")) == 3);
		if (ops[i].op == OP_PLAN) {
			CHECK(ops[i].legend, plan_read(reply.body, &plan, &err) == 0);
			CHECK(ops[i].legend, plan.fence_count == 1 && plan.rally_count == 2);
			plan_clear(&plan);
		}
	}
	assert_int_equal(backfill(&x, "D04", 1, 0, 5, &reply), CODE_UNKNOWN_DRONE);
	assert_int_equal(backfill(&x, "D03", 1, 0, 5, &reply), CODE_OK);
	assert_int_equal(wire_count(wire_key(reply.body, "samples")), 0);
	/* Whatever arrives gets a reply. */
	rng_init(&rng, 9, 9);
	for (int i = 0; i < 2000; i++) {
		size_t n = rng_next(&rng) % 40;

		buf_clear(&body);
		for (size_t k = 0; k < n; k++) {
			char c = (char)rng_next(&rng);

			buf_add(&body, &c, 1);
		}
		assert_int_equal(ask(&x, &body, &reply), CODE_BAD_REQUEST);
		assert_true(*reply.text);
	}
	buf_free(&body);
	stop(&x);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_bytes),
		cmocka_unit_test(test_another_seed),
		cmocka_unit_test(test_spread),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_mission),
		cmocka_unit_test(test_answers_kept),
		cmocka_unit_test(test_refused_for_reasons),
		cmocka_unit_test(test_work_interrupted),
		cmocka_unit_test(test_video),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_control),
	};

	return cmocka_run_group_tests_name("sim swarm", tests, NULL, NULL);
}
