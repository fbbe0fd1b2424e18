/*
 * A command from its first step to its last word.
 *
 * Each step of the dialect's row is sent and acknowledged in turn; the reply
 * goes out with the last ACK, and telemetry tells the rest: under way when the
 * heartbeat shows the mode, done when the state is what was asked for. An ACK
 * alone proves no mode: PX4 has acknowledged one while refusing it.
 *
 * What was not acknowledged is sent again, but arm, takeoff and start, which
 * are never repeated by a program. Without an ACK the outcome is unknown; if
 * one comes later, or telemetry shows the command, it is known again.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/geo.h"
#include "bridge/drone.h"
#include "bridge/plan_items.h"

#define ACK_WAIT_MS 700
#define ACK_TRIES 3
/* Below the 3 s that a daemon waits for an answer before it is unknown. */
#define REPLY_WITHIN_MS 2500
#define WORDS_WAIT_MS 350      /* for the STATUSTEXT that goes with a refusal */
#define MODE_WAIT_MS 4000      /* for a heartbeat with the mode; they come each second */
#define SHOW_WAIT_MS 12000     /* accepted, and then not to be seen */
#define FOLLOW_UNKNOWN_MS 120000
#define FOLLOW_SILENT_MS (3600 * 1000)
#define CLIMB_LOOK_MS 200
#define OVERTAKEN_LOOK_MS 50   /* whether the vehicle took the newer command */
#define NEAR_M 3.0
#define NEAR_HEIGHT_M 2.0
#define TAKEOFF_HEIGHT_M 1.0
/* A wing circles its target; its radius is a parameter of its own, of 60 to 100 m. */
#define WING_NEAR_M 120.0

static void step_next(struct bridge *b, struct drone *d, struct job *j);

static const struct step *step_of(const struct job *j)
{
	static const struct step end = { .kind = STEP_END };

	return j->step < STEPS_MAX ? &j->row->steps[j->step] : &end;
}

static bool is_last(const struct job *j)
{
	return j->step + 1 >= STEPS_MAX || j->row->steps[j->step + 1].kind == STEP_END;
}

/* What the vehicle said since the step began, as far as it sounds like a
 * reason; else the result's name. */
static void words(const struct drone *d, const struct job *j, char text[TEXT_SIZE])
{
	size_t len = 0;

	text[0] = '\0';
	for (unsigned i = 0; i < SAID_MAX; i++) {
		const struct said *s = &d->said[(d->said_next + i) % SAID_MAX];

		if (s->ms && s->ms >= j->step_ms && s->text.severity <= SEVERITY_NOTICE && len < TEXT_SIZE)
			len += (size_t)snprintf(text + len, TEXT_SIZE - len, "%s%s", len ? "; " : "",
			    s->text.text);
	}
	if (!len)
		snprintf(text, TEXT_SIZE, "%s refused: %s", d->vehicle.id, result_text(j->result));
	else if (len < TEXT_SIZE - 40 && j->result)
		snprintf(text + len, TEXT_SIZE - len, " (%s)", result_text(j->result));
}

static void end(struct bridge *b, struct drone *d, struct job *j, enum stage stage, const char *text)
{
	struct plan_sender sender = { b, d };

	if (j->phase == JOB_UPLOAD) {
		transfer_cancel(&d->transfer, plans_send, &sender);
		d->transfer_job = JOBS_MAX;
	}
	if (!j->accepted && stage == STAGE_DONE) {
		job_stage(b, d, j, STAGE_ACCEPTED, CODE_OK, "taken");
		job_reply(b, j, CODE_OK, "");
	}
	if (!j->accepted && stage == STAGE_FAILED) {
		job_reply(b, j, CODE_REJECTED, text);
		job_stage(b, d, j, STAGE_REJECTED, CODE_REJECTED, text);
	} else {
		job_stage(b, d, j, stage, CODE_OK, text);
	}
	job_free(j);
}

/* Taken: the flying command before it is over, and it is answered. */
static void taken(struct bridge *b, struct drone *d, struct job *j)
{
	char text[64];

	if (j->accepted)
		return;
	if (command_table[j->cmd].flies) {
		if (j->cmd != CMD_RESUME && vehicle_mode(&d->vehicle, d->data_ms) == MODE_MISSION)
			d->interrupted = CMD_MISSION;
		for (size_t i = 0; i < JOBS_MAX; i++) {
			struct job *old = &d->jobs[i];

			if (old == j || old->phase == JOB_FREE || !command_table[old->cmd].flies ||
			    old->serial > j->serial)
				continue;
			if (old->goal.cmd == CMD_GOTO && old->accepted && j->cmd != CMD_RESUME) {
				d->interrupted = CMD_GOTO;
				d->interrupted_goal = old->goal;
			}
			snprintf(text, sizeof(text), "replaced by %s", command_table[j->cmd].name);
			end(b, d, old, STAGE_FAILED, text);
		}
	}
	j->accepted = true;
	j->unknown = false;
	j->accepted_ms = b->now_ms;
	job_reply(b, j, CODE_OK, "");
	job_stage(b, d, j, STAGE_ACCEPTED, CODE_OK, "taken by the vehicle");
}

static bool shows_mode(const struct drone *d, const struct job *j)
{
	if (j->goal.cmd == CMD_MISSION && !j->goal.start)
		return true;
	return !j->row->modes || j->row->modes >> vehicle_mode(&d->vehicle, d->data_ms) & 1;
}

static void send_step(struct bridge *b, struct drone *d, struct job *j, const struct mav_order *o)
{
	const struct step *s = step_of(j);
	const struct vehicle *v = &d->vehicle;

	j->phase = JOB_SENT;
	j->tries++;
	j->due_ms = b->now_ms + ACK_WAIT_MS;
	if (j->tries == 1) {
		j->step_ms = b->now_ms;
		j->showed_before = shows_mode(d, j);
	}
	if (s->kind == STEP_INT) {
		struct mav_command_int m = {
			.param1 = o->p[0], .param2 = o->p[1], .param3 = o->p[2], .param4 = o->p[3],
			.x = (int32_t)lround(o->x * 1e7), .y = (int32_t)lround(o->y * 1e7),
			.z = (float)o->z, .command = s->command, .frame = o->frame,
			.target_system = v->sys, .target_component = v->comp,
		};

		bridge_send(b, d, MAV_COMMAND_INT, &m);
	} else {
		struct mav_command_long m = {
			.param1 = o->p[0], .param2 = o->p[1], .param3 = o->p[2], .param4 = o->p[3],
			.param5 = (float)o->x, .param6 = (float)o->y, .param7 = (float)o->z,
			.command = s->command, .confirmation = (uint8_t)(j->tries - 1),
			.target_system = v->sys, .target_component = v->comp,
		};

		bridge_send(b, d, MAV_COMMAND_LONG, &m);
	}
}

static void begin_upload(struct bridge *b, struct drone *d, struct job *j)
{
	struct plan_sender sender = { b, d };
	double lat = 0, lon = 0, alt, height;
	struct item_list list;

	if (transfer_busy(&d->transfer)) {
		if (d->transfer_job < JOBS_MAX)
			end(b, d, &d->jobs[d->transfer_job], STAGE_FAILED, "replaced by mission");
		transfer_cancel(&d->transfer, plans_send, &sender);
	}
	if (!vehicle_where(&d->vehicle, d->data_ms, &lat, &lon, &alt, &height) && j->items.count) {
		lat = j->items.items[0].lat;
		lon = j->items.items[0].lon;
	}
	items_from_mission(&j->items, dialect_home_item(d->vehicle.family),
	    !vehicle_in_air(&d->vehicle, d->data_ms), lat, lon, &list);
	free(d->upload_item_of);
	d->upload_item_of = list.item_of;
	d->upload_item_count = list.count;
	d->transfer_job = (size_t)(j - d->jobs);
	j->phase = JOB_UPLOAD;
	j->step_ms = b->now_ms;
	transfer_upload(&d->transfer, d->vehicle.sys, d->vehicle.comp, MISSION_TYPE_MISSION,
	    list.items, list.count, b->now_ms, plans_send, &sender);
}

/* The step is for a vehicle that has climbed: waits for that, as long as it goes
 * on climbing by this command. True where it may be sent. */
static bool has_climbed(struct bridge *b, struct drone *d, struct job *j, double above_m)
{
	double lat, lon, alt, height;
	char text[TEXT_SIZE], scratch[24];

	if (!vehicle_where(&d->vehicle, d->data_ms, &lat, &lon, &alt, &height) ||
	    height < fmin(above_m, j->goal.height - TAKEOFF_HEIGHT_M)) {
		if (!j->accepted) {
			taken(b, d, j);
			job_stage(b, d, j, STAGE_ACTIVE, CODE_OK, "under way");
		}
		if (d->silent) {
			snprintf(text, sizeof(text), "%s fell silent while it climbed: it was not told "
			    "the height, and goes to its own", d->vehicle.id);
			end(b, d, j, STAGE_FAILED, text);
			return false;
		}
		if (!shows_mode(d, j)) {
			snprintf(text, sizeof(text), "%s went to %s, not by this command",
			    d->vehicle.id, vehicle_mode_name(&d->vehicle, scratch));
			end(b, d, j, STAGE_FAILED, text);
			return false;
		}
		j->phase = JOB_WAIT;
		j->due_ms = b->now_ms + CLIMB_LOOK_MS;
		return false;
	}
	return true;
}

static bool brings_down(enum command cmd)
{
	return cmd == CMD_HOLD || cmd == CMD_RTL || cmd == CMD_LAND || cmd == CMD_DISARM ||
	       cmd == CMD_KILL;
}

/* The newer command that j must not be carried on against, though the vehicle has
 * not answered that one yet; NULL for none. */
static const struct job *overtaken(const struct drone *d, const struct job *j)
{
	for (size_t i = 0; i < JOBS_MAX; i++) {
		const struct job *newer = &d->jobs[i];

		if (newer->phase == JOB_FREE || newer->serial <= j->serial)
			continue;
		if (brings_down(newer->cmd) ? command_table[j->cmd].flies || j->cmd == CMD_ARM
					    : command_table[newer->cmd].flies && command_table[j->cmd].flies)
			return newer;
	}
	return NULL;
}

/* True where a newer command is on its way: what stops or brings the vehicle down
 * ends j at once, another has to be taken first. */
static bool yields(struct bridge *b, struct drone *d, struct job *j)
{
	const struct job *newer = overtaken(d, j);
	char text[64];

	if (!newer)
		return false;
	if (brings_down(newer->cmd)) {
		snprintf(text, sizeof(text), "replaced by %s", command_table[newer->cmd].name);
		end(b, d, j, STAGE_FAILED, text);
	} else {
		j->phase = JOB_WAIT;
		j->due_ms = b->now_ms + OVERTAKEN_LOOK_MS;
	}
	return true;
}

/* Sends the step that j stands at, or passes it over. */
static void step_do(struct bridge *b, struct drone *d, struct job *j)
{
	const struct step *s = step_of(j);
	struct mav_order o = { 0 };
	uint32_t custom;
	struct err err;

	if (s->kind == STEP_END) {
		taken(b, d, j);
		j->phase = JOB_ACTIVE;
		job_stage(b, d, j, STAGE_ACTIVE, CODE_OK, "under way");
		jobs_state(b, d);
		return;
	}
	if (yields(b, d, j))
		return;
	if ((s->when & WHEN_DISARMED && vehicle_armed(&d->vehicle)) ||
	    (s->when & WHEN_START && !j->goal.start)) {
		step_next(b, d, j);
		return;
	}
	if (s->after_upload_ms && d->uploaded_ms && b->now_ms - d->uploaded_ms < s->after_upload_ms) {
		j->phase = JOB_WAIT;
		j->due_ms = d->uploaded_ms + s->after_upload_ms;
		return;
	}
	if (s->above_m > 0 && !has_climbed(b, d, j, s->above_m))
		return;
	if (s->kind == STEP_UPLOAD) {
		begin_upload(b, d, j);
		return;
	}
	if (s->kind == STEP_MODE) {
		if (!dialect_mode(d->vehicle.family, s->role, &custom)) {
			step_next(b, d, j);
			return;
		}
		/* A last one is always sent: it is what was asked for. */
		if (!is_last(j) && d->vehicle.heartbeat.custom_mode == custom) {
			step_next(b, d, j);
			return;
		}
		o = dialect_mode_order(d->vehicle.family, custom);
	} else if (s->fill(&d->vehicle, &j->goal, d->data_ms, &o, &err) == -1) {
		end(b, d, j, STAGE_FAILED, err.text);
		return;
	}
	send_step(b, d, j, &o);
}

static void step_next(struct bridge *b, struct drone *d, struct job *j)
{
	j->step++;
	j->tries = 0;
	step_do(b, d, j);
}

void job_begin(struct bridge *b, struct drone *d, struct job *j)
{
	j->reply_by_ms = b->now_ms + REPLY_WITHIN_MS;
	step_do(b, d, j);
}

/* An ACK that says yes to the step j stands at. */
static void step_taken(struct bridge *b, struct drone *d, struct job *j)
{
	if (step_of(j)->kind == STEP_MODE && !is_last(j)) {
		struct mav_command_long m = { .command = REQUEST_MESSAGE, .param1 = MAV_HEARTBEAT,
			.target_system = d->vehicle.sys, .target_component = d->vehicle.comp };

		/* The next heartbeat may be a second away. */
		bridge_send(b, d, MAV_COMMAND_LONG, &m);
		j->phase = JOB_MODE;
		j->due_ms = b->now_ms + MODE_WAIT_MS;
		return;
	}
	step_next(b, d, j);
}

bool jobs_ack(struct bridge *b, struct drone *d, const struct mav_command_ack *ack)
{
	for (size_t i = 0; i < JOBS_MAX; i++) {
		struct job *j = &d->jobs[i];
		bool waits = j->phase == JOB_SENT;

		if (j->phase == JOB_FREE || step_of(j)->command != ack->command)
			continue;
		if (!waits && !(j->phase == JOB_ACTIVE && (j->in_progress || !j->accepted)))
			continue;
		if (ack->result == 5) {
			j->in_progress = true;
			j->due_ms = b->now_ms + SHOW_WAIT_MS;
			taken(b, d, j);
			if (waits && is_last(j)) {
				/* The last ACK may be as late as the landing: telemetry tells first. */
				j->phase = JOB_ACTIVE;
				job_stage(b, d, j, STAGE_ACTIVE, CODE_OK, "under way");
			}
		} else if (ack->result == 0) {
			if (waits)
				step_taken(b, d, j);
			else
				taken(b, d, j);
		} else {
			j->result = ack->result;
			j->phase = JOB_WORDS;
			j->due_ms = b->now_ms + WORDS_WAIT_MS;
		}
		return true;
	}
	return false;
}

void jobs_transfer_over(struct bridge *b, struct drone *d)
{
	struct job *j = &d->jobs[d->transfer_job];
	struct transfer *t = &d->transfer;
	char text[TEXT_SIZE];

	if (j->phase != JOB_UPLOAD)
		return;
	if (t->state == TRANSFER_DONE) {
		plans_uploaded(b, d, &j->items);
		taken(b, d, j);
		j->phase = JOB_WAIT;
		step_next(b, d, j);
		return;
	}
	j->result = 0;
	words(d, j, text);
	if (strstr(text, "refused: accepted"))
		*text = '\0';
	j->phase = JOB_ACTIVE; /* nothing is left to be cancelled */
	if (t->timed_out) {
		snprintf(text, sizeof(text), "%s does not take the mission: %.100s", d->vehicle.id,
		    t->why.text);
	} else if (!*text) {
		snprintf(text, sizeof(text), "%s refused the mission: %.100s", d->vehicle.id, t->why.text);
	} else if (strlen(text) < TEXT_SIZE - 60) {
		snprintf(text + strlen(text), TEXT_SIZE - strlen(text), " (%.100s)", t->why.text);
	}
	end(b, d, j, STAGE_FAILED, text);
}

static bool there(const struct drone *d, const struct goal *g)
{
	double lat, lon, alt, height, away;

	if (!vehicle_where(&d->vehicle, d->data_ms, &lat, &lon, &alt, &height))
		return false;
	away = geo_distance_m((struct geo_point){ lat, lon }, (struct geo_point){ g->lat, g->lon });
	if (type_is_wing(d->vehicle.type) && d->vehicle.family != FAMILY_COPTER)
		return away <= WING_NEAR_M;
	return away <= NEAR_M && (isnan(g->height) || fabs(height - g->height) <= NEAR_HEIGHT_M);
}

static bool last_item_reached(const struct drone *d, const struct job *j)
{
	const struct vehicle *v = &d->vehicle;

	/* MISSION_STATE_COMPLETE, of a mission that had run */
	if (j->under_way && v->mission_extended && v->mission.mission_state == 5)
		return true;
	return v->reached >= 0 && v->reached_ms >= j->accepted_ms &&
	       (size_t)v->reached + 1 >= v->item_of_count;
}

/* Whether telemetry shows what was asked for. */
static bool is_done(const struct drone *d, const struct job *j)
{
	const struct vehicle *v = &d->vehicle;
	double lat, lon, alt, height;

	switch (j->goal.cmd) {
	case CMD_ARM:
		return vehicle_armed(v);
	case CMD_DISARM:
	case CMD_KILL:
		return !vehicle_armed(v);
	case CMD_TAKEOFF:
		return vehicle_where(v, d->data_ms, &lat, &lon, &alt, &height) &&
		       vehicle_armed(v) && fabs(height - j->goal.height) <= TAKEOFF_HEIGHT_M;
	case CMD_GOTO:
		return there(d, &j->goal);
	case CMD_MISSION:
		return j->goal.start ? last_item_reached(d, j) : j->phase == JOB_ACTIVE;
	case CMD_START:
	case CMD_RESUME:
	case CMD_HOLD:
		return j->under_way;
	case CMD_RTL:
	case CMD_LAND:
		return vehicle_on_ground(v, d->data_ms) && (j->under_way || !vehicle_armed(v));
	default:
		return j->accepted;
	}
}

static void active_state(struct bridge *b, struct drone *d, struct job *j)
{
	char text[TEXT_SIZE], scratch[24];
	bool shows = shows_mode(d, j);
	/* A heartbeat from before the ACK proves nothing. */
	bool fresh = d->vehicle.at_ms[HEARD_HEARTBEAT] > j->step_ms;

	/* Without an ACK, only a change of mode tells that it was taken. */
	if (shows && fresh && !j->under_way &&
	    (j->accepted || (j->row->modes && !j->showed_before))) {
		bool was_unknown = j->unknown;

		j->under_way = true;
		taken(b, d, j);
		if (was_unknown) {
			j->unknown = false;
			job_stage(b, d, j, STAGE_ACTIVE, CODE_OK, "under way");
		}
	}
	if ((fresh || !j->row->modes) && (shows || j->goal.cmd == CMD_RTL) && is_done(d, j)) {
		end(b, d, j, STAGE_DONE, command_table[j->cmd].done_when);
		return;
	}
	if (j->under_way && !shows && fresh) {
		/* Landed and then put into another mode, as some do. */
		if ((j->goal.cmd == CMD_RTL || j->goal.cmd == CMD_LAND) && !vehicle_armed(&d->vehicle)) {
			end(b, d, j, STAGE_DONE, command_table[j->cmd].done_when);
			return;
		}
		snprintf(text, sizeof(text), "%s went to %s, not by this command", d->vehicle.id,
		    vehicle_mode_name(&d->vehicle, scratch));
		end(b, d, j, STAGE_FAILED, text);
	}
}

void jobs_state(struct bridge *b, struct drone *d)
{
	for (size_t i = 0; i < JOBS_MAX; i++) {
		struct job *j = &d->jobs[i];
		uint32_t custom;

		if (j->phase == JOB_ACTIVE)
			active_state(b, d, j);
		else if (j->phase == JOB_MODE &&
			 dialect_mode(d->vehicle.family, step_of(j)->role, &custom) &&
			 d->vehicle.heartbeat.custom_mode == custom)
			step_next(b, d, j);
	}
}

bool jobs_explain_mode(const struct drone *d, enum mode mode)
{
	for (size_t i = 0; i < JOBS_MAX; i++) {
		const struct job *j = &d->jobs[i];

		if (j->phase == JOB_FREE)
			continue;
		if (j->row->modes >> mode & 1 || step_of(j)->kind == STEP_MODE || j->cmd == CMD_ARM)
			return true;
	}
	return false;
}

static void no_ack(struct bridge *b, struct drone *d, struct job *j)
{
	char text[TEXT_SIZE];

	if (!command_table[j->cmd].once && !j->in_progress && j->tries < ACK_TRIES &&
	    !overtaken(d, j)) {
		const struct step *s = step_of(j);
		struct mav_order o = { 0 };
		struct err err;
		uint32_t custom;

		if (s->kind == STEP_MODE && dialect_mode(d->vehicle.family, s->role, &custom))
			o = dialect_mode_order(d->vehicle.family, custom);
		else if (s->fill)
			s->fill(&d->vehicle, &j->goal, d->data_ms, &o, &err);
		send_step(b, d, j, &o);
		return;
	}
	if (b->now_ms < j->reply_by_ms) {
		j->due_ms = j->reply_by_ms;
		return;
	}
	snprintf(text, sizeof(text), "%s has not answered; the outcome is unknown", d->vehicle.id);
	job_reply(b, j, CODE_TIMEOUT, text);
	job_stage(b, d, j, STAGE_TIMEOUT, CODE_OK, text);
	j->unknown = true;
	/* Telemetry may still show it. */
	j->phase = JOB_ACTIVE;
	j->due_ms = b->now_ms + FOLLOW_UNKNOWN_MS;
}

static void refused(struct bridge *b, struct drone *d, struct job *j)
{
	char text[TEXT_SIZE];

	words(d, j, text);
	end(b, d, j, STAGE_FAILED, text);
}

static void mode_not_shown(struct bridge *b, struct drone *d, struct job *j)
{
	char text[TEXT_SIZE], scratch[24], said[TEXT_SIZE];

	j->result = 0;
	words(d, j, said);
	snprintf(text, sizeof(text), "%s acknowledged, and stays in %s%s%.300s", d->vehicle.id,
	    vehicle_mode_name(&d->vehicle, scratch), strstr(said, "refused: ") ? "" : ": ",
	    strstr(said, "refused: ") ? "" : said);
	end(b, d, j, STAGE_FAILED, text);
}

static void active_tick(struct bridge *b, struct drone *d, struct job *j)
{
	char text[TEXT_SIZE];

	if (d->silent && !j->unknown) {
		j->unknown = true;
		snprintf(text, sizeof(text), "%s is silent; what becomes of it is unknown", d->vehicle.id);
		job_stage(b, d, j, STAGE_TIMEOUT, CODE_OK, text);
	}
	if (!d->silent && j->unknown && j->accepted) {
		j->unknown = false;
		job_stage(b, d, j, STAGE_ACTIVE, CODE_OK, "heard again");
	}
	if (!j->accepted && b->now_ms >= j->due_ms) {
		job_free(j); /* its outcome stays unknown */
		return;
	}
	if (d->silent) {
		if (b->now_ms - d->heard_ms > FOLLOW_SILENT_MS)
			job_free(j);
		return;
	}
	if (!j->accepted || b->now_ms - j->accepted_ms < SHOW_WAIT_MS)
		return;
	/* What shows at once or never. */
	if (!j->under_way || j->goal.cmd == CMD_ARM || j->goal.cmd == CMD_DISARM ||
	    j->goal.cmd == CMD_KILL) {
		if (j->row->modes) {
			mode_not_shown(b, d, j);
			return;
		}
		snprintf(text, sizeof(text), "%s acknowledged, and after %d s it is still not %s",
		    d->vehicle.id, SHOW_WAIT_MS / 1000, command_table[j->cmd].done_when);
		end(b, d, j, STAGE_FAILED, text);
	}
}

void jobs_tick(struct bridge *b, struct drone *d)
{
	for (size_t i = 0; i < JOBS_MAX; i++) {
		struct job *j = &d->jobs[i];

		/* The client gets its answer in time, whatever step it stands at. */
		if (j->phase != JOB_FREE && j->owes_reply && b->now_ms >= j->reply_by_ms &&
		    j->phase != JOB_SENT) {
			if (j->phase == JOB_UPLOAD && d->transfer.begun)
				taken(b, d, j);
			else
				job_reply(b, j, CODE_TIMEOUT,
				    "the vehicle has not answered in full yet; ask again with the same id");
		}
		if (j->phase == JOB_UPLOAD && d->transfer.begun && !j->accepted) {
			taken(b, d, j);
			job_stage(b, d, j, STAGE_ACTIVE, CODE_OK, "being loaded");
		}
		if (j->phase == JOB_ACTIVE)
			active_tick(b, d, j);
		if (j->phase == JOB_FREE || b->now_ms < j->due_ms)
			continue;
		if (j->phase == JOB_SENT)
			no_ack(b, d, j);
		else if (j->phase == JOB_WORDS)
			refused(b, d, j);
		else if (j->phase == JOB_MODE)
			mode_not_shown(b, d, j);
		else if (j->phase == JOB_WAIT)
			step_do(b, d, j);
	}
}
