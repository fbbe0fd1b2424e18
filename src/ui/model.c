/* What the panes draw: see model.h. */
#include "ui/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "ui/model_alarms.h"

#define BATTERY_WARN 25
#define BATTERY_CRIT 12
#define RATE_MS      1000
#define BEAT_MS      1000

const char health_letters[HEALTH_COUNT + 1] = " ~!?X";
const char *const health_names[HEALTH_COUNT] = { "ok", "stale", "warn", "lost", "crit" };

void model_init(struct model *m, double stale_s, double lost_s)
{
	memset(m, 0, sizeof(*m));
	m->stale_s = stale_s;
	m->lost_s = lost_s;
	m->events = xcalloc(MODEL_EVENTS_MAX, sizeof(*m->events));
}

void model_free(struct model *m)
{
	for (size_t i = 0; i < m->count; i++) {
		trail_clear(&m->drones[i].trail);
		plan_clear(&m->drones[i].plan);
	}
	free(m->drones);
	free(m->events);
	free(m->alarms);
	strmap_clear(&m->by_id);
	ledger_clear(&m->ledger);
	memset(m, 0, sizeof(*m));
}

struct ui_drone *model_find(struct model *m, const char *id)
{
	size_t i = strmap_get(&m->by_id, id);

	return i == STRMAP_NONE ? NULL : &m->drones[i];
}

struct ui_drone *model_add(struct model *m, const char *id)
{
	struct ui_drone *d = model_find(m, id);

	if (d)
		return d;
	if (m->count == MODEL_DRONES_MAX)
		return NULL;
	mem_grow(m->drones, m->count, m->cap);
	d = &m->drones[m->count];
	*d = (struct ui_drone){
		.clock = -1, .label_slot = -1, .age_s = INFINITY, .home_lat = NAN, .home_lon = NAN
	};
	str_copy(d->id, sizeof(d->id), id);
	strmap_set(&m->by_id, id, m->count++);
	return d;
}

static int find_source(struct model *m, const char *name)
{
	for (size_t i = 0; i < m->source_count; i++) {
		if (strcmp(m->sources[i].name, name) == 0)
			return (int)i;
	}
	if (m->source_count == MODEL_SOURCES_MAX)
		return -1;
	m->sources[m->source_count] = (struct ui_source){ 0 };
	str_copy(m->sources[m->source_count].name, ID_SIZE, name);
	return (int)m->source_count++;
}

void model_source(struct model *m, const char *name, bool lost, int64_t time_ms, int64_t now_ms)
{
	int i = find_source(m, name);

	if (i < 0)
		return;
	m->sources[i].lost = lost;
	if (!lost && time_ms > 0)
		source_clock_add(&m->sources[i].clock, time_ms, now_ms);
}

/* Its time now: as it was told, and gone on at its pace, until the next heartbeat is due. */
static int64_t then_now(const struct model *m, int64_t now_mono)
{
	int64_t passed = now_mono - m->then_mono;

	passed = passed < 0 ? 0 : passed > BEAT_MS ? BEAT_MS : passed;
	return m->then_ms + (int64_t)((double)passed * m->pace);
}

/* The past goes at any pace, stands, and leaps: no clock to be smoothed. */
static void hear_then(struct model *m, const struct heartbeat *hb, int64_t now_mono)
{
	int64_t gone = (int64_t)hb->time - m->then_ms, passed = now_mono - m->then_mono;

	if (!m->then_mono)
		m->pace = 0;
	else if (gone >= 0 && passed > 0 && passed < 3 * BEAT_MS)
		m->pace = (double)gone / (double)passed;
	m->then_ms = (int64_t)hb->time;
	m->then_mono = now_mono;
}

void model_heartbeat(struct model *m, const struct heartbeat *hb, int64_t now_mono, int64_t now_ms)
{
	if (strcmp(m->whom, hb->source) != 0)
		str_copy(m->whom, sizeof(m->whom), hb->source);
	m->kind = hb->kind;
	m->replay = hb->kind == KIND_REPLAY;
	m->heard_mono = now_mono;
	if (m->replay)
		hear_then(m, hb, now_mono);
	model_source(m, hb->source, false, (int64_t)hb->time, now_ms);
}

static bool is_newer(const struct sample *s, const struct sample *than)
{
	if (!than->known || sample_boot(s) != sample_boot(than))
		return !than->known || sample_boot(s) > sample_boot(than);
	return sample_seq(s) > sample_seq(than);
}

/* Its source's clock less ours; false where it is not known. */
static bool clock_offset(const struct model *m, struct ui_drone *d, int64_t *offset)
{
	for (size_t i = 0; d->clock < 0 && *d->source && i < m->source_count; i++) {
		if (strcmp(m->sources[i].name, d->source) == 0)
			d->clock = (int)i;
	}
	if (d->clock < 0 || !m->sources[d->clock].clock.known)
		return false;
	*offset = source_clock_offset(&m->sources[d->clock].clock);
	return true;
}

static void count_period(struct ui_drone *d, const struct sample *s)
{
	double dt;

	if (!d->sample.known || sample_boot(s) != sample_boot(&d->sample) ||
	    sample_seq(s) <= sample_seq(&d->sample) || sample_time(s) <= sample_time(&d->sample))
		return;
	dt = (double)(sample_time(s) - sample_time(&d->sample)) / 1000 /
	     (sample_seq(s) - sample_seq(&d->sample));
	d->period_s = d->period_s > 0 ? 0.9 * d->period_s + 0.1 * dt : dt;
}

bool model_sample(struct model *m, const char *id, const struct sample *s, bool arrived,
    int64_t now_mono, int64_t now_ms)
{
	struct ui_drone *d = model_add(m, id);
	int64_t offset = m->offset_ms;

	if (!d)
		return false;
	if (!is_newer(s, &d->sample)) {
		/* The past of a replay is played again after a seek back. */
		if (!(m->replay && arrived))
			return false;
	}
	if (arrived && d->sample.known && sample_boot(s) == sample_boot(&d->sample) &&
	    sample_seq(s) > sample_seq(&d->sample) + 1)
		m->dropped += sample_seq(s) - sample_seq(&d->sample) - 1;
	count_period(d, s);
	d->sample = *s;
	d->arrived_mono = now_mono;
	if (!arrived) {
		int64_t age;

		clock_offset(m, d, &offset);
		age = now_ms + offset - sample_time(s);
		d->arrived_mono = now_mono - (age > 0 ? age : 0);
	}
	/* Until its first heartbeat its clock is that of its hello. */
	d->arrived_then = (m->then_mono ? then_now(m, now_mono) : now_ms + m->offset_ms) -
			  (now_mono - d->arrived_mono);
	d->dismissed = d->dismissed && !arrived;
	trail_add(&d->trail, s);
	energy_meter_sample(&d->meter, s);
	if (sample_has(s, FIELD_home_lat) && sample_has(s, FIELD_home_lon)) {
		d->home_lat = sample_value(s, FIELD_home_lat);
		d->home_lon = sample_value(s, FIELD_home_lon);
	}
	return true;
}

static struct ui_event make_event(
    int64_t time_ms, const char *drone, enum health level, const char *text)
{
	struct ui_event e = { .time_ms = time_ms, .level = level };

	str_copy(e.drone, sizeof(e.drone), drone);
	str_copy(e.text, sizeof(e.text), text);
	str_clean(e.text);
	return e;
}

void model_event(
    struct model *m, int64_t time_ms, const char *drone, enum health level, const char *text)
{
	m->events[m->event_total++ % MODEL_EVENTS_MAX] = make_event(time_ms, drone, level, text);
}

struct ui_event model_event_of(const struct event *ev)
{
	enum health level = ev->severity <= SEVERITY_CRITICAL  ? HEALTH_CRIT
			    : ev->severity <= SEVERITY_WARNING ? HEALTH_WARN
							       : HEALTH_OK;

	return make_event((int64_t)ev->time, ev->drone, level, ev->text);
}

void model_message_event(struct model *m, const struct event *ev)
{
	m->events[m->event_total++ % MODEL_EVENTS_MAX] = model_event_of(ev);
}

void model_order(struct model *m, const struct order *o)
{
	char text[TEXT_SIZE + 2 * ID_SIZE + 80], eta[TIME_TEXT_SIZE];
	int n = snprintf(text, sizeof(text), "order %s %s", o->id, order_state_names[o->state]);

	if (*o->depot)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ", from %s", o->depot);
	if (o->eta != KEY_NONE && o->eta <= INT64_MAX)
		n += snprintf(text + n, sizeof(text) - (size_t)n, ", expected %.8sZ",
		    time_format((int64_t)o->eta, eta) + strlen("2026-11-21T"));
	if (*o->text)
		snprintf(text + n, sizeof(text) - (size_t)n, ": %s", o->text);
	model_event(m, (int64_t)o->time, o->drone,
	    o->state == ORDER_FAILED ? HEALTH_WARN : HEALTH_OK, text);
}

const struct ui_event *model_event_at(const struct model *m, size_t i)
{
	if (i >= m->event_total || i >= MODEL_EVENTS_MAX)
		return NULL;
	return &m->events[(m->event_total - 1 - i) % MODEL_EVENTS_MAX];
}

void model_progress(struct model *m, const struct progress *cm, int64_t now_ms)
{
	ledger_apply(&m->ledger, cm, now_ms);
}

void model_set_link(struct model *m, enum link_state state, int64_t now_ms)
{
	static const char *const texts[] = {
		[LINK_CONNECTING] = "connecting",
		[LINK_LIVE] = "the link is up",
		[LINK_GONE] = "the link is gone: what is shown is the last that was known",
	};

	if (m->link == state)
		return;
	if (m->link != LINK_CONNECTING || state == LINK_GONE)
		model_event(
		    m, now_ms, "", state == LINK_GONE ? HEALTH_CRIT : HEALTH_OK, texts[state]);
	m->link = state;
	m->link_since_ms = now_ms;
}

bool model_position(const struct ui_drone *d, double *lat, double *lon)
{
	const struct trail_point *p = NULL;

	if (sample_flag(&d->sample, FLAG_POSITION_VALID)) {
		*lat = sample_value(&d->sample, FIELD_lat);
		*lon = sample_value(&d->sample, FIELD_lon);
		return isfinite(*lat) && isfinite(*lon);
	}
	/* The last place it was known to be at. */
	for (size_t i = d->trail.count; i-- > 0 && !p;) {
		if (isfinite(d->trail.points[i].lat))
			p = &d->trail.points[i];
	}
	if (!p)
		return false;
	*lat = p->lat;
	*lon = p->lon;
	return true;
}

static double age_of(const struct model *m, struct ui_drone *d)
{
	int64_t age = m->now_mono - d->arrived_mono, offset;

	if (!d->sample.known)
		return INFINITY;
	if (m->replay && m->then_mono)
		age = then_now(m, m->now_mono) - d->arrived_then;
	if (!m->replay && clock_offset(m, d, &offset)) {
		int64_t own = m->now_ms + offset - sample_time(&d->sample);

		/* Less than its heartbeat's own age is no age. */
		if (own - 2000 > age)
			age = own;
	}
	return age > 0 ? (double)age / 1000 : 0;
}

static enum health worse(enum health a, enum health b)
{
	return a > b ? a : b;
}

/* What a drone's own sample says, for as long as no alarm rule speaks. */
static enum health judge_sample(const struct sample *s, char *reason, size_t size)
{
	double battery = sample_value(s, FIELD_battery);
	bool air = sample_flag(s, FLAG_IN_AIR);

	if (s->raw[FIELD_mode] == MODE_EMERGENCY && sample_has(s, FIELD_mode)) {
		str_copy(reason, size, "emergency");
		return HEALTH_CRIT;
	}
	if (sample_flag(s, FLAG_FAILSAFE)) {
		str_copy(reason, size, "failsafe");
		return HEALTH_CRIT;
	}
	if (air && battery <= BATTERY_WARN) {
		snprintf(reason, size, "battery %.0f %%", battery);
		return battery <= BATTERY_CRIT ? HEALTH_CRIT : HEALTH_WARN;
	}
	if (air && !sample_flag(s, FLAG_POSITION_VALID)) {
		str_copy(reason, size, "no position");
		return HEALTH_WARN;
	}
	return HEALTH_OK;
}

static void judge(struct model *m, struct ui_drone *d)
{
	double stale = m->stale_s > 3 * d->period_s ? m->stale_s : 3 * d->period_s;
	double lost = m->lost_s > stale ? m->lost_s : stale;
	enum health health = HEALTH_OK;
	bool heard = !isinf(d->age_s);
	/* Of the past there is what was told then, and after a leap nothing has just happened. */
	bool tells = m->ticked && !m->replay;

	d->reason[0] = '\0';
	d->age_s = age_of(m, d);
	if (d->sample.known)
		health = judge_sample(&d->sample, d->reason, sizeof(d->reason));
	if (d->alarm_level == LEVEL_CRITICAL)
		health = HEALTH_CRIT;
	else if (d->alarm_level == LEVEL_WARNING)
		health = worse(health, HEALTH_WARN);
	if (d->alarm_level >= LEVEL_WARNING)
		str_copy(d->reason, sizeof(d->reason), d->alarm_text);
	d->silent = d->age_s >= lost;
	if (d->silent) {
		/* What it said last is no judgement of what it is now. */
		health = d->alarm_level == LEVEL_CRITICAL ? HEALTH_CRIT : HEALTH_LOST;
		if (isinf(d->age_s))
			str_copy(d->reason, sizeof(d->reason), "never heard");
		else
			snprintf(d->reason, sizeof(d->reason), "no telemetry for %.0f s", d->age_s);
	} else if (d->age_s >= stale) {
		if (health < HEALTH_STALE)
			snprintf(d->reason, sizeof(d->reason), "no telemetry for %.0f s", d->age_s);
		health = worse(health, HEALTH_STALE);
	}
	/* Where somebody watches, the alarm itself is in the list. */
	if (tells && health > d->health && health >= HEALTH_WARN && m->link == LINK_LIVE &&
	    !m->watched)
		model_event(m, m->now_ms, d->id, health, d->reason);
	else if (tells && heard && d->health == HEALTH_LOST && health < HEALTH_LOST)
		model_event(m, m->now_ms, d->id, HEALTH_OK, "telemetry is back");
	d->health = health;
}

void model_tick(struct model *m, int64_t now_mono, int64_t now_ms)
{
	m->now_mono = now_mono;
	m->now_ms = now_ms;
	if (m->replay && m->then_mono)
		m->offset_ms = then_now(m, now_mono) - now_ms;
	if (now_mono - m->rate_mono >= RATE_MS) {
		m->rate = (double)(m->messages - m->rate_count) * 1000 /
			  (double)(now_mono - m->rate_mono);
		m->rate_count = m->messages;
		m->rate_mono = now_mono;
	}
	model_alarms_judge(m);
	memset(m->health_count, 0, sizeof(m->health_count));
	for (size_t i = 0; i < m->count; i++) {
		judge(m, &m->drones[i]);
		if (!m->drones[i].dismissed)
			m->health_count[m->drones[i].health]++;
	}
	m->ticked = m->ticked || m->count > 0;
}
