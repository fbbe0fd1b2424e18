/*
 * The zones a screen draws and advises by: those that the daemon it is attached
 * to enforces, wherever that runs. Until it has told them, and where there is no
 * daemon or an older one, those of the configuration beside the screen. See
 * screen.h.
 */
#include "app/screen.h"

#include <stdlib.h>
#include <string.h>

#include "app/zone_setup.h"

#define AGAIN_MS 5000 /* after no answer */

static void use(struct screen *s, struct zone_set *set)
{
	zone_set_free(&s->zones.set);
	s->zones.set = set;
	s->ui.zones = set;
	s->ui.model.zones = set;
	zones_wire_revision(set, s->zones.revision);
	s->ui.dirty = true;
}

void screen_zones_open(struct screen *s)
{
	struct zone_set *set;
	struct err err;

	/* A screen without its zones is still a screen, and says so. */
	if (zone_setup(&s->app->config, &set, NULL, &err) == -1)
		ui_say(&s->ui, ROLE_ERROR, "no zones: %s", err.text);
	use(s, set);
	str_copy(s->zones.own, sizeof(s->zones.own), s->zones.revision);
}

void screen_zones_close(struct screen *s)
{
	zones_told_clear(&s->zones.told);
	zone_set_free(&s->zones.set);
}

/* What is shown is not what one would think: once. */
static void say(struct screen *s, const char *what, const char *why)
{
	if (!s->zones.said)
		ui_say(&s->ui, ROLE_WARN, "%s%s", what, why);
	s->zones.said = true;
}

static void stay_with_own(struct screen *s, const char *why)
{
	char what[160];

	snprintf(what, sizeof(what), "%s does not tell the zones it enforces; %s: ", s->live->whom,
	    zone_set_count(s->zones.set) ? "those of the configuration here are shown"
					 : "none are shown");
	s->zones.wanted = false;
	say(s, what, why);
}

static void take(struct screen *s)
{
	struct zone_set *set;
	char count[96];
	struct err err;

	s->zones.wanted = false;
	if (s->zones.told.same)
		return;
	if (zones_told_set(&s->zones.told, &set, &err) == -1) {
		stay_with_own(s, err.text);
		return;
	}
	use(s, set);
	/* None here is no contradiction: that is how a screen on another machine is. */
	if (s->app->config.zone_count && strcmp(s->zones.own, s->zones.revision) != 0) {
		snprintf(count, sizeof(count), "the %zu that %s enforces are shown", zone_set_count(set),
		    s->live->whom);
		say(s, "its zones are others than those of the configuration here; ", count);
	}
}

static void ask(struct screen *s);

static void answered(
    void *user, enum client_result result, const void *body, size_t len, void *context)
{
	struct screen *s = user;
	struct reply reply;
	struct err err;
	int more;

	(void)context;
	if (result == CLIENT_LATE)
		return; /* asked for anew */
	s->zones.open = false;
	if (result != CLIENT_ANSWERED)
		return;
	if (reply_parse(&s->doc, body, len, &reply, &err) == -1) {
		stay_with_own(s, err.text);
		return;
	}
	if (reply.code != CODE_OK) {
		stay_with_own(s, reply.text);
		return;
	}
	more = zones_told_add(&s->zones.told, reply.body, &err);
	if (more > 0) {
		ask(s);
		return;
	}
	if (more == 0)
		take(s);
	else
		stay_with_own(s, err.text);
	zones_told_clear(&s->zones.told);
}

static void ask(struct screen *s)
{
	struct request req = { .op = OP_ZONES, .from = s->zones.told.have };

	str_copy(req.revision, sizeof(req.revision), s->zones.told.have ? "" : s->zones.revision);
	s->zones.asked_mono = s->now_mono;
	s->zones.open = screen_ask(s, &req, answered, s);
}

void screen_zones_want(struct screen *s)
{
	s->zones.wanted = s->live->kind == KIND_DAEMON;
	s->zones.asked_mono = s->now_mono - AGAIN_MS;
	zones_told_clear(&s->zones.told);
}

void screen_zones_tick(struct screen *s)
{
	if (!s->zones.wanted || s->zones.open || s->now_mono - s->zones.asked_mono < AGAIN_MS)
		return;
	zones_told_clear(&s->zones.told);
	ask(s);
}
