/* What the vehicle decides over its orders: see failsafe.h. */
#include "failsafe.h"

#include "autopilot.h"
#include "proto/messages.h"

#define CHARGE_LAST 0.03 /* below this it lands whatever it is told */
#define CLOSE_M 30.0     /* from home: rather land there than here */

static void check_position(struct vehicle *v, struct notes *notes)
{
	struct autopilot *p = &v->pilot;
	bool lost = v->sensors.no_fix_s > 0;

	if (lost == p->lost)
		return;
	p->lost = lost;
	if (lost)
		note_add(notes, NOTE_EVENT, SEVERITY_ERROR, v->flight.in_air ?
		    "position lost: holding" : "position lost");
	else
		note_add(notes, NOTE_EVENT, SEVERITY_NOTICE, "position regained");
}

static bool coming_down(const struct autopilot *p)
{
	return p->activity == ACT_LAND || p->activity == ACT_DEAD;
}

/* Takes over from whatever it was doing. */
static void take_over(struct vehicle *v, struct notes *notes, const char *what, bool land)
{
	note_add(notes, NOTE_FAILED, 0, "%s, %.0f %%: it %s", what, 100 * v->battery.charge,
	    land ? "lands where it is" : "returns home");
	note_add(notes, NOTE_EVENT, land ? SEVERITY_CRITICAL : SEVERITY_WARNING,
	    "%s, %.0f %%: %s", what, 100 * v->battery.charge,
	    land ? "landing where it is" : "returning home");
	if (land)
		autopilot_land(v);
	else
		autopilot_rtl(v);
}

static void check_battery(struct vehicle *v, double dt, struct notes *notes)
{
	struct autopilot *p = &v->pilot;
	double charge = v->battery.charge;

	if (!v->flight.in_air && !p->armed)
		p->low = p->critical = false;
	if (!v->flight.in_air || p->activity == ACT_DEAD)
		return;
	if (charge <= 0) {
		note_add(notes, NOTE_FAILED, 0, "the battery is empty");
		note_add(notes, NOTE_EVENT, SEVERITY_EMERGENCY, "battery empty: motors stop");
		autopilot_off(v);
		return;
	}
	p->check_s -= dt;
	if (p->check_s > 0)
		return;
	p->check_s = 1;
	if (charge < CHARGE_LAST && !coming_down(p)) {
		take_over(v, notes, "battery all but empty", true);
	} else if (charge < CHARGE_CRITICAL && !p->critical) {
		p->low = p->critical = true;
		if (!coming_down(p) && !(p->activity == ACT_RTL && vehicle_home_distance(v) < CLOSE_M))
			take_over(v, notes, "critical battery", true);
	} else if (!p->low &&
	    charge < CHARGE_RESERVE + vehicle_charge_for(v, vehicle_home_distance(v), 0)) {
		p->low = true;
		if (!coming_down(p) && p->activity != ACT_RTL)
			take_over(v, notes, "low battery", false);
		else /* as it does already */
			note_add(notes, NOTE_EVENT, SEVERITY_WARNING, "low battery, %.0f %%",
			    100 * charge);
	}
}

void failsafe_check(struct vehicle *v, double dt, struct notes *notes)
{
	check_position(v, notes);
	check_battery(v, dt, notes);
}
