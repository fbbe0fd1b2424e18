/* Zones asked of a daemon: see zone_fetch.h. */
#include "app/zone_fetch.h"

/* Every answer takes some zones; one that changes them all the time is left alone. */
#define ANSWERS_MAX 10000

/* As zones_told_add(). */
static int ask(struct attach *at, struct zones_told *told, const char *has, struct err *err)
{
	struct request req = { .op = OP_ZONES, .from = told->have };
	struct buf body = BUF_INIT;
	struct answer answer;
	int more = -1;

	str_copy(req.revision, sizeof(req.revision), told->have ? "" : has);
	request_encode(&body, &req);
	answer_init(&answer);
	if (attach_ask(at, &body, &answer, err) == 0)
		more = zones_told_add(told, answer.reply.body, err);
	answer_clear(&answer);
	buf_free(&body);
	return more;
}

int zone_fetch(struct attach *at, struct zone_set **set, struct err *err)
{
	struct zones_told told = { 0 };
	char has[ZONES_REVISION_SIZE];
	struct zone_set *theirs;
	int more = 1, result;

	zones_wire_revision(*set, has);
	for (int i = 0; more > 0 && i < ANSWERS_MAX; i++)
		more = ask(at, &told, has, err);
	result = more == 0 ? 0 : -1;
	if (more > 0)
		err_set(err, "the zones of %s change all the time", at->control);
	if (result == 0 && !told.same) {
		result = zones_told_set(&told, &theirs, err);
		if (result == 0) {
			zone_set_free(set);
			*set = theirs;
		}
	}
	zones_told_clear(&told);
	return result;
}
