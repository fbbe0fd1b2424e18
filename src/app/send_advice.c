/* What speaks against a command: see send_advice.h. */
#include "app/send_advice.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm/advice.h"
#include "app/meter_fetch.h"
#include "app/send_run.h"
#include "app/zone_fetch.h"
#include "app/zone_setup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "command/ledger.h"

/* Of more drones than that plans and commands are not asked for: it would take
 * longer than what it tells stays true. */
#define ASK_MAX 20
#define ASK_MS 1000
/* Commands given longer ago than that have ended one way or the other. */
#define OPEN_MS (60 * 60 * 1000)
#define SHOWN_MAX 12

struct adviser {
	struct attach *at;
	const struct send_line *line;
	struct zone_set *zones;
	char by[NAME_SIZE];
	int64_t now_ms; /* by the clock of who is asked */
	bool deaf;      /* it did not answer; nothing more is asked */
};

/* The drone's plan, whose fence and mission count: true with one to clear. */
static bool ask_plan(struct adviser *a, const char *drone, struct plan *plan)
{
	struct request req = { .op = OP_PLAN };
	struct buf body = BUF_INIT;
	struct answer answer;
	struct err err;
	bool known = false;

	*plan = (struct plan){ 0 };
	if (a->deaf)
		return false;
	str_copy(req.drone, sizeof(req.drone), drone);
	request_encode(&body, &req);
	answer_init(&answer);
	if (attach_ask(a->at, &body, &answer, &err) == 0)
		known = plan_read(answer.reply.body, plan, &err) == 0;
	else
		a->deaf = answer.reply.code == CODE_OK;
	if (!known)
		plan_clear(plan);
	answer_clear(&answer);
	buf_free(&body);
	return known;
}

/* Its newest flying command that has not ended: true with one. */
static bool ask_open(struct adviser *a, const char *drone, struct progress *open)
{
	struct request req = { .op = OP_COMMANDS, .since = (uint64_t)(a->now_ms - OPEN_MS) };
	struct buf body = BUF_INIT;
	const wire_value *list;
	struct answer answer;
	struct err err;
	bool found = false;

	if (a->deaf)
		return false;
	str_copy(req.drone, sizeof(req.drone), drone);
	request_encode(&body, &req);
	answer_init(&answer);
	if (attach_ask(a->at, &body, &answer, &err) == -1) {
		a->deaf = answer.reply.code == CODE_OK;
		list = NULL;
	} else {
		list = wire_key(answer.reply.body, "commands");
	}
	for (size_t i = 0; i < wire_count(list); i++) {
		struct progress cm;
		struct reject why;
		enum command cmd;

		if (message_read(wire_at(list, i), TOPIC_CM, &cm, &why) == -1 ||
		    strcmp(cm.drone, drone) != 0)
			continue;
		cmd = command_find(cm.cmd);
		if (cmd == CMD_COUNT || !command_table[cmd].flies || (found && cm.time < open->time))
			continue;
		/* The newest of all decides: it replaced those before it. */
		found = true;
		*open = cm;
	}
	answer_clear(&answer);
	buf_free(&body);
	return found && !stage_is_final(open->stage) && open->stage != STAGE_TIMEOUT;
}

static void ask_one(struct adviser *a, const struct config *config, const struct roster_drone *d,
    const char *id, bool ask, struct advice_list *out)
{
	struct progress open;
	struct plan plan = { 0 };
	struct energy_meter meter;
	struct zone_set *own = NULL;
	struct err err;
	struct advice_in in = {
		.cmd = a->line->cmd,
		.args = &a->line->args,
		.drone = id,
		.sample = d && d->has_sample ? &d->sample : NULL,
		.age_s = d ? d->age_s : NAN,
		.stale_s = config->stale_s,
		.lost_s = config->lost_s,
		.clock_off_s = NAN, /* the roster's ages are mended by it already */
		.home_lat = NAN,
		.home_lon = NAN,
		.zones = a->zones,
		.by = a->by,
		.now_ms = a->now_ms,
	};

	if (ask && ask_plan(a, id, &plan)) {
		in.plan = &plan;
		own = zone_set_new();
		if (zone_set_add_plan(own, &plan, NULL, &err) == 0)
			in.own = own;
	}
	if (ask && ask_open(a, id, &open))
		in.open = &open;
	if (ask && in.sample && advice_asks_energy(a->line->cmd) && !a->deaf &&
	    meter_fetch(a->at, id, in.sample, &meter, &err) == 0)
		in.meter = &meter;
	advise(&in, out);
	zone_set_free(&own);
	plan_clear(&plan);
}

static void print(const char *drone, const struct advice_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct advice *item = &list->items[i];
		char text[sizeof(item->text)];

		str_copy(text, sizeof(text), item->text);
		str_clean(text);
		fprintf(stderr, "%s: %s: %s\n", drone, alarm_level_names[advice_table[item->code].level], text);
	}
}

static void join(const struct advice_list *list, struct send_over *over)
{
	size_t len = 0;

	over->text[0] = '\0';
	for (size_t i = 0; i < list->count && len < sizeof(over->text); i++)
		len += (size_t)snprintf(over->text + len, sizeof(over->text) - len, "%s%s", i ? "; " : "",
		    list->items[i].text);
	str_trim_utf8(over->text);
}

/* A daemon enforces its own, whatever the configuration here says. */
static void get_zones(struct adviser *a, const struct config *config, const struct hello *hello)
{
	struct err own = { "" }, err;
	int result = zone_setup(config, &a->zones, NULL, &own);

	if (hello->kind == KIND_DAEMON && zone_fetch(a->at, &a->zones, &err) == 0)
		return;
	if (result == -1)
		fprintf(stderr, "%s; without its zones, nothing is known of fences (odyssey check)\n", own.text);
}

int send_advice(struct attach *at, const struct config *config, const struct hello *hello,
    const struct roster_view *roster, const struct send_line *line, const struct send_target *targets,
    size_t count, const char *reason, struct send_over **over, struct err *err)
{
	struct adviser a = { .at = at, .line = line, .now_ms = clock_wall_ms() + hello->offset_ms };
	int64_t timeout_ms = at->timeout_ms;
	const char *first = NULL;
	size_t shown = 0;

	*over = xcalloc(count + 1, sizeof(**over));
	if (!advice_asks(line->cmd))
		return 0;
	at->timeout_ms = ASK_MS;
	get_zones(&a, config, hello);
	send_name_user(a.by);
	for (size_t i = 0; i < count; i++) {
		struct advice_list list;

		ask_one(&a, config, roster_view_find(roster, targets[i].id), targets[i].id,
		    count <= ASK_MAX, &list);
		join(&list, &(*over)[i]);
		if (list.count && shown++ < SHOWN_MAX)
			print(targets[i].id, &list);
		if (list.needs_reason && !first)
			first = targets[i].id;
	}
	at->timeout_ms = timeout_ms;
	if (shown > SHOWN_MAX)
		fprintf(stderr, "and of %zu more drones\n", shown - SHOWN_MAX);
	zone_set_free(&a.zones);
	if (first && !*reason)
		return err_set(err, "%s is warned against for %s; nothing was sent; where it is meant all the "
		    "same, say why: --reason TEXT", command_table[line->cmd].name, first);
	return 0;
}
