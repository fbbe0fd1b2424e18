/* What speaks against an order: see preview_advice.h. */
#include "ui/preview_advice.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "command/ledger.h"

/* Of more drones than that fences of their own and open commands are not
 * looked up: a preview is made within a frame. */
#define LOOK_UP_MAX 20
#define LEDGER_BACK 2000

/* Its newest flying command, where that has not ended. */
static const struct progress *open_command(const struct model *m, const char *drone)
{
	const struct ledger *l = &m->ledger;
	const struct progress *newest = NULL;

	for (size_t i = l->count; i-- > 0 && l->count - i <= LEDGER_BACK;) {
		const struct progress *cm = &ledger_at(l, i)->last;
		enum command cmd;

		if (strcmp(cm->drone, drone) != 0)
			continue;
		cmd = command_find(cm->cmd);
		if (cmd != CMD_COUNT && command_table[cmd].flies &&
		    (!newest || cm->time > newest->time))
			newest = cm;
	}
	return newest && !stage_is_final(newest->stage) && newest->stage != STAGE_TIMEOUT ? newest
											  : NULL;
}

static void ask(const struct intent *intent, const struct model *m, const struct ui_drone *d,
    bool look_up, struct advice_list *out)
{
	struct zone_set *own = NULL;
	struct err err;
	struct advice_in in = {
		.cmd = intent->cmd,
		.args = &intent->args,
		.drone = d->id,
		.sample = &d->sample,
		.age_s = d->age_s,
		.stale_s = fmax(m->stale_s, 3 * d->period_s),
		.lost_s = fmax(m->lost_s, 3 * d->period_s),
		.clock_off_s = NAN, /* the age is mended by it already */
		.home_lat = d->home_lat,
		.home_lon = d->home_lon,
		.meter = &d->meter,
		.zones = m->zones,
		.plan = d->plan_known ? &d->plan : NULL,
		.by = m->me,
		.now_ms = m->now_ms + m->offset_ms,
	};

	if (look_up && d->plan_known && d->plan.fence_count) {
		own = zone_set_new();
		if (zone_set_add_plan(own, &d->plan, NULL, &err) == 0)
			in.own = own;
	}
	if (look_up)
		in.open = open_command(m, d->id);
	advise(&in, out);
	zone_set_free(&own);
}

void preview_advise(const struct intent *intent, const struct model *m, struct preview_advice *out)
{
	const char *first[ADVICE_COUNT] = { NULL };
	size_t drones[ADVICE_COUNT] = { 0 };
	char texts[ADVICE_COUNT][240];

	*out = (struct preview_advice){ 0 };
	if (!advice_asks(intent->cmd))
		return;
	for (size_t i = 0; i < intent->count; i++) {
		const struct ui_drone *d = &m->drones[intent->drones[i]];
		struct advice_list list;

		ask(intent, m, d, intent->count <= LOOK_UP_MAX, &list);
		out->needs_reason = out->needs_reason || list.needs_reason;
		for (size_t k = 0; k < list.count; k++) {
			enum advice_code code = list.items[k].code;

			if (drones[code]++)
				continue;
			first[code] = d->id;
			str_copy(texts[code], sizeof(texts[code]), list.items[k].text);
			str_clean(texts[code]);
		}
	}
	for (int code = 0; code < ADVICE_COUNT; code++) {
		if (!drones[code])
			continue;
		out->codes |= 1u << code;
		out->items[out->count].code = (enum advice_code)code;
		out->items[out->count].drones = drones[code];
		if (intent->count == 1)
			str_copy(out->items[out->count].text, sizeof(texts[0]), texts[code]);
		else if (drones[code] == 1)
			snprintf(out->items[out->count].text, sizeof(texts[0]), "%s: %.190s",
			    first[code], texts[code]);
		else
			snprintf(out->items[out->count].text, sizeof(texts[0]),
			    "%s and %zu more: %.170s", first[code], drones[code] - 1, texts[code]);
		str_trim_utf8(out->items[out->count++].text);
	}
}

void preview_advice_join(const struct preview_advice *a, char *text, size_t size)
{
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < a->count && n < size; i++)
		n += (size_t)snprintf(text + n, size - n, "%s%s", i ? "; " : "", a->items[i].text);
	str_trim_utf8(text);
}
