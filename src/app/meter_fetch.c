/* The last minutes of a drone, asked for and measured: see meter_fetch.h. */
#include "app/meter_fetch.h"

#include <string.h>

#include "base/str.h"

/* An answer has as many samples as fit; more of them than this are not asked for. */
#define ANSWERS_MAX 8

/* As many as come in one answer, from req->from on, which moves past them: 1 where there are
 * more, 0, or -1. */
static int ask(struct attach *at, struct request *req, struct energy_meter *meter, struct err *err)
{
	struct buf body = BUF_INIT;
	const wire_value *list;
	struct answer answer;
	struct sample s;
	struct reject why;
	bool more = false;
	int result = -1;

	request_encode(&body, req);
	answer_init(&answer);
	if (attach_ask(at, &body, &answer, err) == 0) {
		list = wire_key(answer.reply.body, "samples");
		wire_get_bool(wire_key(answer.reply.body, "more"), &more);
		for (size_t i = 0; i < wire_count(list); i++) {
			if (sample_read(wire_at(list, i), &s, &why) == -1 || sample_boot(&s) != req->boot ||
			    sample_seq(&s) < req->from)
				continue;
			energy_meter_sample(meter, &s);
			req->from = (uint64_t)sample_seq(&s) + 1;
		}
		result = more && wire_count(list) && req->from <= req->to;
	}
	answer_clear(&answer);
	buf_free(&body);
	return result;
}

int meter_fetch(struct attach *at, const char *drone, const struct sample *newest,
    struct energy_meter *meter, struct err *err)
{
	uint32_t seq = sample_seq(newest);
	struct request req = {
		.op = OP_BACKFILL,
		.boot = sample_boot(newest),
		.from = seq < METER_SAMPLES ? 0 : seq - METER_SAMPLES + 1,
		.to = seq,
	};
	int more = 1;

	memset(meter, 0, sizeof(*meter));
	str_copy(req.drone, sizeof(req.drone), drone);
	for (int i = 0; more == 1 && i < ANSWERS_MAX; i++)
		more = ask(at, &req, meter, err);
	return more == -1 ? -1 : 0;
}
