/* Commands from the screen: read from the line, sent, followed to their end. */
#include "app/screen.h"

#include <ctype.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uuid/uuid.h>

#include "app/send_args.h"
#include "base/mem.h"
#include "ui/command_line.h"
#include "ui/where.h"

/* A daemon waits answer_s for its source; then its own answer travels. */
#define ANSWER_SLACK_MS 2000

struct sending {
	struct screen *screen;
	struct follow follow;
	struct buf args;
	char over[500], reason[200];
	uint64_t expires;
	bool open;    /* the client holds it */
	bool counted; /* among screen.open_commands */
	struct sending *next;
};

void screen_name_user(char by[NAME_SIZE])
{
	const struct passwd *pw = getpwuid(geteuid());
	char host[64] = "localhost";

	gethostname(host, sizeof(host) - 1);
	snprintf(by, NAME_SIZE, "%.31s@%.32s", pw ? pw->pw_name : "unknown", host);
}

/* Words that stand for a position ("@cursor", "+200m@045": ui/where.h) become
 * the latitude and longitude they mean. Returns how many words there are then,
 * or -1 with a sentence. */
static int expand_positions(struct ui *ui, int count, char **words, char **out, char numbers[2][32],
    struct err *err)
{
	size_t n_targets, *targets;
	const struct ui_drone *d = NULL;
	bool expanded = false;
	int n = 0;

	targets = ui_targets(ui, &n_targets);
	for (int i = 1; i < count && !d; i++)
		d = model_find(&ui->model, words[i]);
	if (!d && n_targets == 1)
		d = &ui->model.drones[targets[0]];
	free(targets);
	for (int i = 0; i < count; i++) {
		struct geo_point p;

		if (i == 0 || expanded || !where_is_word(words[i])) {
			out[n++] = words[i];
			continue;
		}
		if (where_word(ui, d, words[i], &p, err) == -1)
			return -1;
		snprintf(numbers[0], 32, "%.7f", p.lat);
		snprintf(numbers[1], 32, "%.7f", p.lon);
		out[n++] = numbers[0];
		out[n++] = numbers[1];
		expanded = true;
	}
	return n;
}

/* Like the name of a drone, and none: what it was taken for instead says nothing. */
static bool is_missing_drone(const char *word)
{
	return isalpha((unsigned char)*word) && strpbrk(word, "0123456789") && id_valid(word, strlen(word));
}

/* The line has the command first; send_line_read() wants the drones first. */
int screen_parse(struct ui *ui, int count, char **typed, struct intent *out, struct err *err)
{
	char *words[WORDS_MAX + 3], numbers[2][32];
	const char *filter = NULL;
	char *line[2 * WORDS_MAX + 8], ids_word[] = "x";
	struct send_line send;
	struct send_target *targets = NULL;
	const char **known;
	size_t target_count = 0;
	int drones = 1, n = 0, result;

	count = expand_positions(ui, count, typed, words, numbers, err);
	if (count == -1)
		return -1;
	/* "/warn": all that the filter would show. A file has more slashes or a dot. */
	if (count > 1 && words[1][0] == '/' && words[1][1] && !strpbrk(words[1] + 1, "/.")) {
		filter = words[1] + 1;
		drones = 2;
	}
	while (!filter && drones < count && n < WORDS_MAX &&
	       (model_find(&ui->model, words[drones]) || send_is_pattern(words[drones]))) {
		line[n++] = words[drones++];
	}
	if (n == 0)
		line[n++] = ids_word;
	for (int i = 0; i < count; i++) {
		if (i == 0 || i >= drones)
			line[n++] = words[i];
	}
	result = send_line_read(&send, n, line, err);
	if (result == -1 && drones < count && is_missing_drone(words[drones]))
		err_set(err, "there is no drone \"%.32s\"", words[drones]);
	*out = (struct intent){ .cmd = send.cmd };
	if (result == 0 && filter) {
		out->drones = xcalloc(ui->model.count + 1, sizeof(*out->drones));
		for (size_t i = 0; i < ui->model.count; i++) {
			if (fleet_view_passes(&ui->model.drones[i], filter))
				out->drones[out->count++] = i;
		}
		if (!out->count)
			result = err_set(err, "no drone passes the filter \"/%.40s\"", filter);
	} else if (result == 0 && drones == 1) {
		out->drones = ui_targets(ui, &out->count);
		if (!out->count)
			result = err_set(err, "no drone is selected: %s DRONE ...", words[0]);
	} else if (result == 0) {
		known = xcalloc(ui->model.count + 1, sizeof(*known));
		for (size_t i = 0; i < ui->model.count; i++)
			known[i] = ui->model.drones[i].id;
		result = send_expand(&send, known, &targets, &target_count, err);
		free(known);
		out->drones = xcalloc(target_count + 1, sizeof(*out->drones));
		for (size_t i = 0; result == 0 && i < target_count; i++)
			out->drones[out->count++] =
			    (size_t)(model_find(&ui->model, targets[i].id) - ui->model.drones);
		free(targets);
	}
	out->args = send.args;
	send.args = (struct command_args){ 0 };
	out->notes = send.notes;
	send.notes = (struct buf)BUF_INIT;
	send_line_clear(&send);
	return result;
}

/* Where it stands, into the list of commands. */
static void tell(struct sending *g)
{
	static const int stages[OUTCOME_COUNT] = {
		[OUTCOME_NONE] = STAGE_SENT,
		[OUTCOME_SENT] = STAGE_SENT,
		[OUTCOME_UNKNOWN] = STAGE_TIMEOUT,
		[OUTCOME_ACCEPTED] = STAGE_ACCEPTED,
		[OUTCOME_ACTIVE] = STAGE_ACTIVE,
		[OUTCOME_DONE] = STAGE_DONE,
		[OUTCOME_FAILED] = STAGE_FAILED,
		[OUTCOME_REJECTED] = STAGE_REJECTED,
		[OUTCOME_EXPIRED] = STAGE_REJECTED,
		[OUTCOME_UNAVAILABLE] = STAGE_REJECTED,
	};
	struct screen *s = g->screen;
	const struct follow *f = &g->follow;
	struct progress cm = { .stage = stages[f->outcome] };
	enum role role = f->outcome == OUTCOME_UNKNOWN                            ? ROLE_WARN
			 : cm.stage == STAGE_REJECTED || cm.stage == STAGE_FAILED ? ROLE_ERROR
			 : cm.stage == STAGE_DONE                                 ? ROLE_OK
										  : ROLE_TEXT;

	str_copy(cm.id, sizeof(cm.id), f->id);
	str_copy(cm.drone, sizeof(cm.drone), f->drone);
	str_copy(cm.cmd, sizeof(cm.cmd), command_table[f->cmd].name);
	str_copy(cm.by, sizeof(cm.by), s->ui.by);
	str_copy(cm.code, sizeof(cm.code), f->code == CODE_OK ? "" : code_name(f->code));
	cm.time = (uint64_t)(s->now_ms + s->live->offset_ms);
	str_copy(cm.text, sizeof(cm.text), f->text);
	model_progress(s->live, &cm, s->now_ms);
	ui_say(&s->ui, role, "%s %s: %s%s%s", f->drone, cm.cmd,
	    f->outcome == OUTCOME_NONE ? "sent" : outcome_names[f->outcome], *f->text ? ": " : "",
	    f->text);
	if (f->ended && g->counted) {
		g->counted = false;
		s->open_commands--;
	}
}

static void answered(
    void *user, enum client_result result, const void *body, size_t len, void *context);

static bool ask(struct sending *g)
{
	struct screen *s = g->screen;
	const struct config *config = &s->app->config;
	struct request req = { .op = OP_COMMAND };
	struct buf body = BUF_INIT;

	str_copy(req.id, sizeof(req.id), g->follow.id);
	str_copy(req.drone, sizeof(req.drone), g->follow.drone);
	str_copy(req.cmd, sizeof(req.cmd), command_table[g->follow.cmd].name);
	str_copy(req.by, sizeof(req.by), s->ui.by);
	str_copy(req.over, sizeof(req.over), g->over);
	str_copy(req.reason, sizeof(req.reason), g->reason);
	req.expires = g->expires;
	request_encode_command(&body, &req, &g->args);
	g->open = client_request(s->client, &body,
		      s->now_mono + (int64_t)(config->answer_s * 1000) + ANSWER_SLACK_MS, answered,
		      g) == 0;
	buf_free(&body);
	return g->open;
}

static void repeat(struct sending *g)
{
	if (!follow_may_repeat(&g->follow) || g->open)
		return;
	g->follow.tries++;
	ask(g);
}

static void answered(
    void *user, enum client_result result, const void *body, size_t len, void *context)
{
	struct sending *g = user;
	struct screen *s = g->screen;
	struct reply reply;
	struct err err;
	bool news;

	/* On closing there is nobody to tell. */
	if (result == CLIENT_GONE) {
		g->open = false;
		return;
	}
	(void)context;
	if (result == CLIENT_TIMEOUT) {
		news =
		    follow_timeout(&g->follow, s->app->config.answer_s + ANSWER_SLACK_MS / 1000.0);
		if (news)
			tell(g);
		return;
	}
	g->open = false;
	if (reply_parse(&s->doc, body, len, &reply, &err) == -1)
		news = follow_reply(&g->follow, CODE_TIMEOUT, "the answer cannot be read");
	else
		news = follow_reply(&g->follow, reply.code, reply.text);
	if (news)
		tell(g);
	if (g->follow.outcome == OUTCOME_UNKNOWN)
		repeat(g);
}

void screen_send_progress(struct screen *s, const struct progress *cm)
{
	for (struct sending *g = s->sendings; g; g = g->next) {
		if (follow_progress(&g->follow, cm))
			tell(g);
	}
}

static void forget_ended(struct screen *s)
{
	for (struct sending **p = &s->sendings; *p;) {
		struct sending *g = *p;

		if (!g->follow.ended || g->open) {
			p = &g->next;
			continue;
		}
		*p = g->next;
		buf_free(&g->args);
		free(g);
	}
}

void screen_send(struct screen *s, struct intent *intent)
{
	const struct config *config = &s->app->config;

	forget_ended(s);
	for (size_t i = 0; i < intent->count; i++) {
		struct sending *g = xcalloc(1, sizeof(*g));
		char text[UUID_STR_LEN];
		uuid_t id;

		uuid_generate(id);
		uuid_unparse_lower(id, text);
		g->screen = s;
		g->next = s->sendings;
		s->sendings = g;
		follow_start(&g->follow, text, s->live->drones[intent->drones[i]].id,
		    intent->cmd, &intent->args, true);
		command_args_write(&g->args, intent->cmd, &intent->args);
		str_copy(g->over, sizeof(g->over), intent->over);
		str_copy(g->reason, sizeof(g->reason), intent->reason);
		g->expires = (uint64_t)(s->now_ms + s->live->offset_ms +
					(int64_t)(config->expires_s * 1000));
		g->counted = true;
		s->open_commands++;
		if (!ask(g))
			follow_not_sent(&g->follow);
		tell(g);
	}
	s->commands_mono = s->now_mono;
	intent_clear(intent);
}

void screen_send_free(struct screen *s)
{
	while (s->sendings) {
		struct sending *g = s->sendings;

		s->sendings = g->next;
		buf_free(&g->args);
		free(g);
	}
}
