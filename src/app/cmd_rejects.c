/*
 * odyssey rejects: what was refused and why; --retry takes samples that pass
 * the checks of this version into the history, once.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/history_args.h"
#include "app/process.h"
#include "app/rows_out.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/strmap.h"
#include "fleet/fleet.h"
#include "history/history.h"
#include "proto/topic.h"

static const char *const times[] = { "arrived", NULL };

static int build_where(struct app *app, struct buf *sql, struct err *err)
{
	const char *reason = args_get(&app->args, "reason");
	int64_t since = 0, until = INT64_MAX;

	if (history_args_time(app, "since", &since, err) == -1 ||
	    history_args_time(app, "until", &until, err) == -1)
		return -1;
	buf_printf(sql, " FROM rejects WHERE arrived BETWEEN %" PRId64 " AND %" PRId64, since, until);
	if (reason) {
		buf_add_str(sql, " AND reason = ");
		history_args_quote(sql, reason);
	}
	return 0;
}

static int list(struct app *app, struct history_query *query, const struct buf *where,
    struct err *err)
{
	struct buf sql = BUF_INIT;
	struct query_sink sink;
	struct rows_out out;
	int ret;

	if (args_has(&app->args, "count"))
		buf_printf(&sql,
		    "SELECT source, reason, count(*) AS messages, max(arrived) AS arrived%s"
		    " GROUP BY source, reason ORDER BY messages DESC",
		    where->data);
	else
		buf_printf(&sql,
		    "SELECT arrived, source, CAST(topic AS BLOB) AS topic, reason, detail, %s%s ORDER BY arrived",
		    args_has(&app->args, "json") ? "body" : "length(body) AS bytes", where->data);
	rows_out_init(&out, stdout, &app->args, times);
	sink = rows_out_sink(&out);
	ret = history_query_run(query, sql.data, &sink, err);
	rows_out_end(&out);
	buf_free(&sql);
	return ret;
}

struct retry {
	struct history *history;
	struct history_query *query;
	struct err *err;
	bool failed;
	struct fleet fleet; /* what is stored already */
	int64_t now_ms;
	uint64_t seen, stored, known, refused, other, full;
};

static bool stored_seq(void *context, const struct query_value *v, size_t n)
{
	if (n == 1 && v[0].type == QUERY_INTEGER)
		ranges_add(context, (uint32_t)v[0].integer, (uint32_t)v[0].integer);
	return true;
}

/* Of a boot that the newest days know nothing of, older ones may. */
static bool remember_older(struct retry *r, struct drone *drone, uint32_t boot)
{
	struct ranges stored = { 0 }, lost = { 0 };
	struct query_sink sink = { .row = stored_seq, .context = &stored };
	struct buf sql = BUF_INIT;

	for (size_t i = 0; i < drone->boot_count; i++) {
		if (drone->boots[i].boot == boot)
			return true;
	}
	buf_add_str(&sql, "SELECT seq FROM telemetry WHERE drone = ");
	history_args_quote(&sql, drone->id);
	buf_printf(&sql, " AND boot = %" PRIu32, boot);
	r->failed = history_query_run(r->query, sql.data, &sink, r->err) == -1;
	if (!r->failed)
		coverage_restore(drone_coverage(drone, boot), boot, &stored, &lost);
	ranges_clear(&stored);
	buf_free(&sql);
	return !r->failed;
}

static bool retry_one(void *context, const struct query_value *v, size_t n)
{
	struct retry *r = context;
	enum topic_kind kind;
	struct sample s;
	struct drone *drone;
	char id[ID_SIZE];
	struct reject why;

	if (n != 2)
		return false;
	r->seen++;
	if (topic_parse(v[0].data, v[0].len, &kind, id, &why) == -1 || kind != TOPIC_TM) {
		r->other++;
		return true;
	}
	if (sample_decode(v[1].data, v[1].len, &s, &why) == -1) {
		r->refused++;
		return true;
	}
	drone = fleet_add(&r->fleet, id);
	if (drone && !remember_older(r, drone, sample_boot(&s)))
		return false;
	if (!drone || drone_apply_backfill(drone, &s).arrival == ARRIVAL_DUPLICATE) {
		r->known++;
		return true;
	}
	if (!history_put_sample(r->history, id, &s, v[1].data, v[1].len, r->now_ms, true)) {
		r->full++;
		return true;
	}
	history_put_gap(r->history,
	    &(struct history_gap){ .drone = id, .boot = sample_boot(&s), .from = sample_seq(&s),
		.to = sample_seq(&s), .state = GAP_FILLED, .why = "taken from the rejects",
		.at_ms = r->now_ms });
	r->stored++;
	return true;
}

static void remember_stored(struct retry *r)
{
	struct history_past past;

	history_take_past(r->history, &past);
	for (size_t i = 0; i < past.coverage_count; i++) {
		struct history_coverage *c = &past.coverage[i];
		struct drone *drone = fleet_add(&r->fleet, c->drone);

		if (drone)
			coverage_restore(drone_coverage(drone, c->boot), c->boot, &c->stored, &c->lost);
	}
	history_past_clear(&past);
}

/* The history has one writer: this, while no daemon runs. */
static int retry(struct app *app, struct history_query *query, const struct buf *where,
    struct err *err)
{
	struct retry r = { .query = query, .err = err, .now_ms = clock_wall_ms() };
	struct query_sink sink = { .row = retry_one, .context = &r };
	struct history_options options = {
		.dir = app->config.history_dir,
		.commit_ms = (int64_t)app->config.commit_ms,
		.queue_bytes = (size_t)(app->config.queue_mb * 1e6),
	};
	struct buf sql = BUF_INIT;
	int lock = process_lock(app->config.state_dir, err), ret;

	if (lock == -1)
		return -1;
	if (history_open(&r.history, &options, err) == -1) {
		close(lock);
		return -1;
	}
	remember_stored(&r);
	buf_printf(&sql, "SELECT CAST(topic AS BLOB), body%s ORDER BY arrived", where->data);
	ret = history_query_run(query, sql.data, &sink, err);
	buf_free(&sql);
	history_close(&r.history);
	fleet_clear(&r.fleet);
	close(lock);
	if (ret == -1 || r.failed)
		return -1;
	printf("%" PRIu64 " looked at: %" PRIu64 " stored, %" PRIu64 " stored before, %" PRIu64
	       " refused again, %" PRIu64 " no samples\n",
	    r.seen, r.stored, r.known, r.refused, r.other);
	if (r.full)
		return err_set(err, "%" PRIu64 " were not taken: the disk is too slow; run it again",
		    r.full);
	return 0;
}

int cmd_rejects(struct app *app)
{
	struct history_query *query;
	struct buf where = BUF_INIT;
	struct err err;
	int ret;

	if (app->args.operand_count) {
		err_set(&err, "it takes no \"%s\"", app->args.operands[0]);
		return app_usage_error("rejects", &err);
	}
	if (build_where(app, &where, &err) == -1) {
		buf_free(&where);
		return app_usage_error("rejects", &err);
	}
	if (history_args_open(app, &query, &err) == -1) {
		buf_free(&where);
		return app_failure("rejects", &err);
	}
	ret = args_has(&app->args, "retry") ? retry(app, query, &where, &err)
					    : list(app, query, &where, &err);
	history_query_close(&query);
	buf_free(&where);
	return ret == -1 ? app_failure("rejects", &err) : EXIT_OK;
}
