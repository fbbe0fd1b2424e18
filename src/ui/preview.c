/* Previews: see preview.h. */
#include "ui/preview.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/geo.h"
#include "base/str.h"
#include "ui/drain.h"
#include "ui/key.h"

#define DEFAULT_SPEED 10.0 /* m/s, where neither order nor drone says */
#define REASON_LEAST  3    /* characters that say something */
#define ADVISE_MS     1000 /* what speaks against it is asked again */
#define ZONE_CODES                                                                                 \
	(1u << ADVICE_OUTSIDE | 1u << ADVICE_LEAVES | 1u << ADVICE_ENTERS | 1u << ADVICE_CEILING)
#define HEARD_CODES (1u << ADVICE_LOST | 1u << ADVICE_STALE)
#define STATE_CODES (1u << ADVICE_NOT_ARMED | 1u << ADVICE_ON_GROUND)
#define NAMES_END     120  /* of the title: from there on drones are only counted */
#define LEAST_SPEED   2.0  /* below it a drone's present speed says nothing of its flight */

void intent_clear(struct intent *o)
{
	command_args_clear(&o->args);
	free(o->drones);
	buf_free(&o->notes);
	*o = (struct intent){ 0 };
}

static void add_line(struct preview *p, enum role role, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void add_line(struct preview *p, enum role role, const char *fmt, ...)
{
	va_list ap;

	if (p->line_count == PREVIEW_LINES)
		return;
	va_start(ap, fmt);
	vsnprintf(p->lines[p->line_count].text, sizeof(p->lines[0].text), fmt, ap);
	va_end(ap);
	p->lines[p->line_count++].role = role;
}

static bool in_fence(const struct fence *f, struct geo_point p)
{
	bool inside = false;

	if (!f->count)
		return geo_distance_m(p, (struct geo_point){ f->center.lat, f->center.lon }) <=
		       f->radius;
	for (size_t i = 0, j = f->count - 1; i < f->count; j = i++) {
		const struct plan_point *a = &f->points[i], *b = &f->points[j];

		if ((a->lat > p.lat) != (b->lat > p.lat) &&
		    p.lon < (b->lon - a->lon) * (p.lat - a->lat) / (b->lat - a->lat) + a->lon)
			inside = !inside;
	}
	return inside;
}

/* "" where all fences let the straight way from a to b pass. */
static const char *fence_says(
    const struct ui_drone *d, struct geo_point a, struct geo_point b, double height)
{
	if (!d->plan_known)
		return "fence not known";
	if (!d->plan.fence_count)
		return "no fence";
	for (size_t i = 0; i < d->plan.fence_count; i++) {
		const struct fence *f = &d->plan.fences[i];

		if (isfinite(height) &&
		    ((isfinite(f->ceiling) && height > f->ceiling) ||
			(isfinite(f->floor) && height < f->floor && f->kind == FENCE_IN)))
			return "OUTSIDE THE FENCE'S HEIGHTS";
		for (int k = 1; k <= 32; k++) {
			struct geo_point p = { a.lat + (b.lat - a.lat) * k / 32,
				a.lon + (b.lon - a.lon) * k / 32 };

			if (f->kind == FENCE_IN && !in_fence(f, p))
				return "LEAVES THE FENCE";
			if (f->kind == FENCE_OUT && in_fence(f, p))
				return "CROSSES A FENCE";
		}
	}
	return "fence ok";
}

/* Fences that are broken are told in capitals. */
static bool is_warning(const char *fence)
{
	return *fence >= 'A' && *fence <= 'Z';
}

static void put_distance(char *text, size_t size, double m)
{
	if (m < 995)
		snprintf(text, size, "%.0f m", m);
	else
		snprintf(text, size, "%.*f km", m < 99500 ? 1 : 0, m / 1000);
}

static void put_time(char *text, size_t size, double s)
{
	if (s < 120)
		snprintf(text, size, "%.0f s", s);
	else if (s < 7200)
		snprintf(text, size, "%.0f min %02d s", floor(s / 60), (int)s % 60);
	else
		snprintf(text, size, "%.1f h", s / 3600);
}

/* A way of so many metres that ends at b. */
static void describe_way(struct preview *p, const struct ui_drone *d, double distance, double speed,
    struct geo_point b, const char *fence)
{
	double battery = sample_value(&d->sample, FIELD_battery), rate = drone_drain(d), time, home = NAN;
	char far[24], long_[32], left[64];

	if (!(speed > 0))
		speed = sample_value(&d->sample, FIELD_speed);
	if (!(speed > LEAST_SPEED))
		speed = DEFAULT_SPEED;
	time = distance / speed;
	put_distance(far, sizeof(far), distance);
	put_time(long_, sizeof(long_), time);
	/* Zones of the configuration count as much as the drone's own fence. */
	if (p->advice.codes & ZONE_CODES && !is_warning(fence))
		fence = "NOT PERMITTED";
	if (isnan(battery) || isnan(rate)) {
		snprintf(left, sizeof(left), "battery after not known");
	} else {
		battery = fmax(battery - rate * time, 0);
		snprintf(left, sizeof(left), "battery after %.0f %%", battery);
	}
	add_line(p, is_warning(fence) ? ROLE_WARN : ROLE_TEXT, "%s   %s at %.0f m/s   %s   %s", far,
	    long_, speed, fence, left);
	if (isfinite(d->home_lat))
		home = geo_distance_m(b, (struct geo_point){ d->home_lat, d->home_lon });
	if (!preview_advice_has(p->advice.codes, ADVICE_ENERGY) && isfinite(home) && isfinite(battery) && isfinite(rate) &&
	    battery - rate * home / speed < 10)
		add_line(p, ROLE_WARN, "! home is then %.0f m away: %.0f %% left on return", home,
		    fmax(battery - rate * home / speed, 0));
}

static void describe_goto(struct preview *p, const struct model *m)
{
	const struct ui_drone *d = &m->drones[p->intent.drones[0]];
	const struct command_args *a = &p->intent.args;
	struct geo_point to = { a->number[0], a->number[1] }, from;
	double height = a->has[2] ? a->number[2] : sample_value(&d->sample, FIELD_height);
	char where[96];

	snprintf(where, sizeof(where), "%.5f %c %.5f %c", fabs(to.lat), to.lat < 0 ? 'S' : 'N',
	    fabs(to.lon), to.lon < 0 ? 'W' : 'E');
	if (a->has[2])
		snprintf(p->title, sizeof(p->title), "goto %s \u2192 %s, %.0f m above home", d->id,
		    where, height);
	else
		snprintf(p->title, sizeof(p->title), "goto %s \u2192 %s, at its present height",
		    d->id, where);
	if (!model_position(d, &from.lat, &from.lon)) {
		add_line(
		    p, ROLE_WARN, "! its position is not known: distance and time cannot be told");
		return;
	}
	describe_way(p, d, geo_distance_m(from, to), a->has[3] ? a->number[3] : NAN, to,
	    fence_says(d, from, to, height));
}

static void describe_home(struct preview *p, const struct model *m)
{
	const struct ui_drone *d = &m->drones[p->intent.drones[0]];
	struct geo_point from, to = { d->home_lat, d->home_lon };

	if (!isfinite(to.lat) || !model_position(d, &from.lat, &from.lon))
		add_line(p, ROLE_DIM, "home or position not known");
	else
		describe_way(p, d, geo_distance_m(from, to), NAN, to, fence_says(d, from, to, NAN));
}

static void describe_mission(struct preview *p, const struct model *m)
{
	const struct ui_drone *d = &m->drones[p->intent.drones[0]];
	const struct mission *way = &p->intent.args.items;
	const char *fence = NULL;
	struct geo_point at, from;
	double total = 0;

	if (!way->count)
		return;
	at = (struct geo_point){ way->items[0].lat, way->items[0].lon };
	if (!model_position(d, &from.lat, &from.lon))
		from = at;
	for (size_t i = 0; i < way->count; i++) {
		struct geo_point next = { way->items[i].lat, way->items[i].lon };
		const char *says = fence_says(d, from, next, way->items[i].height);

		total += geo_distance_m(from, next);
		/* One leg that is wrong is what is said of all. */
		if (!fence || is_warning(says))
			fence = says;
		at = from = next;
	}
	add_line(p, ROLE_TEXT, "%zu point%s", way->count, way->count == 1 ? "" : "s");
	describe_way(p, d, total, way->items[0].speed, at, fence);
}

static uint64_t state_of(const struct preview *p, const struct model *m)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a */

	for (size_t i = 0; i < p->intent.count; i++) {
		const struct ui_drone *d = &m->drones[p->intent.drones[i]];
		uint64_t parts[4] = {
			(uint64_t)d->sample.raw[FIELD_mode] |
			    (uint64_t)sample_has(&d->sample, FIELD_mode) << 32,
			(uint64_t)(d->sample.raw[FIELD_flags] &
				   (FLAG_ARMED | FLAG_IN_AIR | FLAG_FAILSAFE |
				       FLAG_POSITION_VALID)),
			d->silent ? 2 : d->age_s >= m->stale_s,
			d->plan_known ? d->plan.rev + 1 : 0,
		};

		for (size_t k = 0; k < 4; k++)
			h = (h ^ parts[k]) * 1099511628211u;
	}
	return h;
}

static void warn_of_drones(struct preview *p, const struct model *m)
{
	size_t air = 0, silent = 0;
	const struct ui_drone *d = NULL;

	for (size_t i = 0; i < p->intent.count; i++) {
		d = &m->drones[p->intent.drones[i]];
		bool fresh = !d->silent && d->age_s < m->stale_s && d->sample.known;
		bool maybe = !fresh || sample_maybe_in_air(&d->sample);

		p->dangerous =
		    p->dangerous || command_is_dangerous(p->intent.cmd, &p->intent.args, maybe,
					fresh && sample_flag(&d->sample, FLAG_IN_AIR));
		air += maybe;
		silent += !fresh;
	}
	if (!(p->advice.codes & STATE_CODES) && !silent && !air && p->intent.count == 1 &&
	    p->intent.cmd == CMD_GOTO)
		add_line(p, ROLE_WARN, "! %s is on the ground: it has to take off first", d->id);
	if (p->advice.codes & HEARD_CODES)
		; /* it is said already */
	else if (silent && p->intent.count == 1)
		add_line(p, ROLE_WARN, "! %s: %s; it may not hear this", d->id, d->reason);
	else if (silent)
		add_line(
		    p, ROLE_WARN, "! %zu of them are stale or lost and may not hear this", silent);
	if (p->dangerous && p->intent.count == 1)
		add_line(p, ROLE_CRIT, " DANGEROUS: %s is %s ", d->id,
		    silent ? "perhaps in the air"
		    : air  ? "in the air"
			   : "on the ground");
	else if (p->dangerous)
		add_line(p, ROLE_CRIT, " DANGEROUS: %zu of them in the air or perhaps so ", air);
}

static void add_advice(struct preview *p)
{
	for (size_t i = 0; i < p->advice.count; i++)
		add_line(p,
		    advice_table[p->advice.items[i].code].level == LEVEL_CRITICAL ? ROLE_ERROR
										  : ROLE_WARN,
		    "! %s", p->advice.items[i].text);
}

static void add_to_title(struct preview *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static void add_to_title(struct preview *p, const char *fmt, ...)
{
	size_t used = strlen(p->title);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->title + used, sizeof(p->title) - used, fmt, ap);
	va_end(ap);
}

/* What is to be done comes before the rest of the names: it is what must not be cut. */
static void put_title(struct preview *p, const struct model *m)
{
	const struct command_desc *d = &command_table[p->intent.cmd];
	size_t named = 0;

	str_copy(p->title, sizeof(p->title), d->name);
	while (named < p->intent.count && strlen(p->title) < NAMES_END)
		add_to_title(p, " %s", m->drones[p->intent.drones[named++]].id);
	if (named < p->intent.count)
		add_to_title(p, " and %zu more", p->intent.count - named);
	for (size_t i = 0; i < command_arg_count(p->intent.cmd); i++) {
		const struct arg_desc *a = &d->args[i];

		if (!p->intent.args.has[i] || a->type == ARG_ITEMS)
			continue;
		/* A word of its own, as it is typed: start, force, on. */
		if (a->type == ARG_BOOL && p->intent.args.number[i] != 0)
			add_to_title(p, "  %s", a->name);
		else if (a->type == ARG_BOOL)
			add_to_title(p, "  %s%s", a->required ? "" : "not ", a->required ? "off" : a->name);
		else
			add_to_title(p, "  %s %.10g%s%s", a->name, p->intent.args.number[i],
			    *a->unit ? " " : "", a->unit);
	}
}

static void make(struct preview *p, const struct model *m)
{
	const struct command_desc *d = &command_table[p->intent.cmd];
	unsigned codes = p->advice.codes;
	preview_advise(&p->intent, m, &p->advice);
	p->advised_mono = m->now_mono;
	/* What was said to something else is said anew; its words stay. */
	p->reason_done = p->reason_done && codes == p->advice.codes;

	p->line_count = 0;
	p->dangerous = false;
	p->refused[0] = p->typed[0] = '\0';
	p->drawn = p->shown = false;
	p->made_mono = m->now_mono;
	p->state = state_of(p, m);
	p->count_needed = p->intent.count > 1 && d->several == SEVERAL_COUNTED;
	put_title(p, m);
	if (p->intent.count > 1 && d->several == SEVERAL_NEVER)
		snprintf(
		    p->refused, sizeof(p->refused), "%s is given to one drone at a time", d->name);
	if (p->intent.cmd == CMD_GOTO)
		describe_goto(p, m);
	else if (p->intent.cmd == CMD_RTL && p->intent.count == 1)
		describe_home(p, m);
	else if (p->intent.cmd == CMD_MISSION && p->intent.count == 1)
		describe_mission(p, m);
	add_advice(p);
	warn_of_drones(p, m);
	if (p->intent.notes.len) {
		char note[200];

		str_copy_n(
		    note, sizeof(note), p->intent.notes.data, strcspn(p->intent.notes.data, "\n"));
		add_line(p, ROLE_WARN, "! %s", note);
	}
}

void preview_open(struct preview *p, struct intent *intent, const struct model *m)
{
	preview_close(p);
	p->intent = *intent;
	*intent = (struct intent){ 0 };
	p->active = true;
	p->remade = false;
	make(p, m);
}

void preview_close(struct preview *p)
{
	intent_clear(&p->intent);
	*p = (struct preview){ 0 };
}

static bool advice_changed(struct preview *p, const struct model *m)
{
	struct preview_advice now;

	if (m->now_mono - p->advised_mono < ADVISE_MS)
		return false;
	p->advised_mono = m->now_mono;
	preview_advise(&p->intent, m, &now);
	return now.codes != p->advice.codes;
}

void preview_check(struct preview *p, const struct model *m)
{
	if (!p->active)
		return;
	if (m->now_mono - p->made_mono < PREVIEW_MS && state_of(p, m) == p->state &&
	    !advice_changed(p, m))
		return;
	make(p, m);
	p->remade = true;
}

int preview_rows(const struct preview *p)
{
	return p->active ? 3 + p->line_count + p->advice.needs_reason : 0;
}

bool preview_wants_reason(const struct preview *p)
{
	return p->advice.needs_reason && !p->reason_done && !*p->refused;
}

/* A key while the reason is typed: every letter is one. */
static enum preview_answer reason_key(struct preview *p, uint32_t key)
{
	size_t n = strlen(p->reason);
	char letter[4];
	size_t len;

	/* Words go on while it is made anew; what ends them must have been seen. */
	if (!p->shown && (!p->remade || key == K_ENTER))
		return PREVIEW_TOO_EARLY;
	if (key == K_ENTER) {
		const char *text = p->reason + strspn(p->reason, " ");

		while (n && p->reason[n - 1] == ' ')
			p->reason[--n] = '\0';
		if (strlen(text) < REASON_LEAST)
			return PREVIEW_REASON;
		memmove(p->reason, text, strlen(text) + 1);
		p->reason_done = true;
	} else if (key == K_BACKSPACE && n) {
		p->reason[n - 1] = '\0';
		str_trim_utf8(p->reason);
	} else if (key >= ' ' && key < KEYS_NAMED && key != 0x7f) {
		len = utf8_encode(letter, key);
		if (len > 0 && n + len < sizeof(p->reason)) {
			memcpy(p->reason + n, letter, len);
			p->reason[n + len] = '\0';
		}
	}
	return PREVIEW_WAIT;
}

enum preview_answer preview_key(struct preview *p, uint32_t key)
{
	char want[12];
	size_t n = strlen(p->typed);

	if (key == K_ESC || key == K_CTRL('c'))
		return PREVIEW_CANCEL;
	if (preview_wants_reason(p))
		return reason_key(p, key);
	if (key == 'q' || key == 'n')
		return PREVIEW_CANCEL;
	if (key == 'e')
		return PREVIEW_EDIT;
	if (!p->shown && (key == 'y' || (key >= '0' && key <= '9')))
		return PREVIEW_TOO_EARLY;
	if (*p->refused)
		return PREVIEW_WAIT;
	if (p->count_needed && key >= '0' && key <= '9' && n + 1 < sizeof(p->typed)) {
		p->typed[n] = (char)key;
		p->typed[n + 1] = '\0';
	} else if (p->count_needed && key == K_BACKSPACE && n) {
		p->typed[n - 1] = '\0';
	} else if (p->advice.needs_reason && key == K_BACKSPACE) {
		p->reason_done = false;
	} else if (key == 'y') {
		snprintf(want, sizeof(want), "%zu", p->intent.count);
		if (p->count_needed && strcmp(want, p->typed) != 0)
			return PREVIEW_COUNT;
		return PREVIEW_SEND;
	}
	return PREVIEW_WAIT;
}
