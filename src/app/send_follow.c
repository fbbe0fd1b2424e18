/* What becomes of one command: see send_follow.h. */
#include "app/send_follow.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"

const char *const outcome_names[OUTCOME_COUNT] = {
	[OUTCOME_NONE] = "no answer yet", [OUTCOME_SENT] = "sent", [OUTCOME_UNKNOWN] = "unknown",
	[OUTCOME_ACCEPTED] = "accepted", [OUTCOME_ACTIVE] = "active", [OUTCOME_DONE] = "done",
	[OUTCOME_FAILED] = "failed", [OUTCOME_REJECTED] = "rejected",
	[OUTCOME_EXPIRED] = "expired", [OUTCOME_UNAVAILABLE] = "unavailable",
};

/* How far each is: news only counts where it leads further. The stages of the
 * feed and the reply overtake each other. */
static const int ranks[OUTCOME_COUNT] = {
	[OUTCOME_NONE] = 0, [OUTCOME_SENT] = 1, [OUTCOME_UNKNOWN] = 2, [OUTCOME_ACCEPTED] = 3,
	[OUTCOME_ACTIVE] = 4, [OUTCOME_DONE] = 5, [OUTCOME_FAILED] = 5, [OUTCOME_REJECTED] = 5,
	[OUTCOME_EXPIRED] = 5, [OUTCOME_UNAVAILABLE] = 5,
};

#define RANK_FINAL 5

void follow_start(struct follow *f, const char *id, const char *drone, enum command cmd,
    const struct command_args *args, bool wait)
{
	bool starts = cmd == CMD_MISSION && args->number[1] != 0;

	*f = (struct follow){
		.cmd = cmd,
		.wait = wait,
		/* A mission that starts by itself is a start. */
		.may_repeat = !command_table[cmd].once && !starts,
		.tries = 1,
	};
	str_copy(f->id, sizeof(f->id), id);
	str_copy(f->drone, sizeof(f->drone), drone);
}

static bool advance(struct follow *f, enum outcome outcome, enum code code, const char *text)
{
	if (ranks[outcome] <= ranks[f->outcome])
		return false;
	f->outcome = outcome;
	f->code = code;
	str_copy(f->text, sizeof(f->text), text);
	str_clean(f->text);
	f->ended = ranks[outcome] == RANK_FINAL ||
	    (!f->wait && ranks[outcome] >= ranks[OUTCOME_ACCEPTED]);
	return true;
}

static enum outcome outcome_of(enum code code)
{
	switch (code) {
	case CODE_OK:
		return OUTCOME_ACCEPTED;
	case CODE_TIMEOUT:
		return OUTCOME_UNKNOWN;
	case CODE_EXPIRED:
		return OUTCOME_EXPIRED;
	case CODE_UNAVAILABLE:
		return OUTCOME_UNAVAILABLE;
	default:
		return OUTCOME_REJECTED;
	}
}

bool follow_reply(struct follow *f, enum code code, const char *text)
{
	enum outcome outcome = outcome_of(code);

	/* Having been handed on once, it may still be flown: that a repeat was
	 * not handed on says nothing about the first. */
	if (outcome == OUTCOME_UNAVAILABLE && f->tries > 1)
		outcome = OUTCOME_UNKNOWN;
	return advance(f, outcome, code, code == CODE_OK ? "" : text);
}

bool follow_progress(struct follow *f, const struct progress *cm)
{
	static const enum outcome outcomes[STAGE_COUNT] = {
		[STAGE_UNKNOWN] = OUTCOME_NONE, [STAGE_SENT] = OUTCOME_SENT,
		[STAGE_ACCEPTED] = OUTCOME_ACCEPTED, [STAGE_REJECTED] = OUTCOME_REJECTED,
		[STAGE_ACTIVE] = OUTCOME_ACTIVE, [STAGE_DONE] = OUTCOME_DONE,
		[STAGE_FAILED] = OUTCOME_FAILED, [STAGE_TIMEOUT] = OUTCOME_UNKNOWN,
	};
	enum code code = *cm->code ? code_find(cm->code) : CODE_OK;
	enum outcome outcome = outcomes[cm->stage];

	if (strcmp(cm->id, f->id) != 0 || strcmp(cm->drone, f->drone) != 0)
		return false;
	if (outcome == OUTCOME_REJECTED) {
		/* The same refusal comes as a reply, by its code. */
		code = code == CODE_COUNT || code == CODE_OK ? CODE_REJECTED : code;
		outcome = outcome_of(code);
	}
	return advance(f, outcome, code == CODE_COUNT ? CODE_OK : code, cm->text);
}

bool follow_timeout(struct follow *f, double after_s)
{
	char text[64];

	snprintf(text, sizeof(text), "no answer in %.1f s", after_s);
	return advance(f, OUTCOME_UNKNOWN, CODE_TIMEOUT, text);
}

bool follow_not_sent(struct follow *f)
{
	return follow_reply(f, CODE_UNAVAILABLE, "there is no connection; it was not sent");
}

bool follow_may_repeat(const struct follow *f)
{
	return f->outcome == OUTCOME_UNKNOWN && f->may_repeat && f->tries < FOLLOW_TRIES;
}

bool follow_succeeded(const struct follow *f)
{
	if (f->wait)
		return f->outcome == OUTCOME_DONE;
	return f->outcome == OUTCOME_ACCEPTED || f->outcome == OUTCOME_ACTIVE ||
	    f->outcome == OUTCOME_DONE;
}

bool follow_was_wrong_input(const struct follow *f)
{
	return f->outcome == OUTCOME_REJECTED &&
	    (f->code == CODE_UNKNOWN_DRONE || f->code == CODE_UNKNOWN_COMMAND ||
		f->code == CODE_BAD_ARGS);
}
