/* The status line: what this is, how the fleet is, how the link is. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ui/ui.h"

static const struct {
	enum health health;
	const char *word;
	enum role role;
} counts[] = {
	{ HEALTH_OK, "ok", ROLE_BAR },
	{ HEALTH_CRIT, "CRIT", ROLE_CRIT },
	{ HEALTH_LOST, "lost", ROLE_BAR_LOST },
	{ HEALTH_WARN, "warn", ROLE_BAR_WARN },
	{ HEALTH_STALE, "stale", ROLE_BAR_DIM },
};

enum role health_role(enum health h)
{
	static const enum role roles[HEALTH_COUNT] = {
		[HEALTH_OK] = ROLE_TEXT,
		[HEALTH_STALE] = ROLE_STALE,
		[HEALTH_WARN] = ROLE_WARN,
		[HEALTH_LOST] = ROLE_LOST,
		[HEALTH_CRIT] = ROLE_CRIT,
	};

	return roles[h];
}

static void clock_text(int64_t ms, char text[TIME_TEXT_SIZE])
{
	char full[TIME_TEXT_SIZE];

	time_format(ms, full);
	snprintf(text, TIME_TEXT_SIZE, "%.8sZ", full + 11);
}

static int badge(struct canvas *c, const struct ui *ui)
{
	const struct model *m = &ui->model;
	char since[TIME_TEXT_SIZE];

	if (m->link == LINK_GONE) {
		clock_text(m->link_since_ms, since);
		return canvas_printf(c, 0, 0, c->w, ROLE_GONE, " NO LINK since %s ", since);
	}
	if (m->link == LINK_CONNECTING)
		return canvas_text(c, 0, 0, c->w, ROLE_GONE, " CONNECTING ");
	if (ui->stalled)
		return canvas_text(c, 0, 0, c->w, ROLE_GONE, " TERMINAL STALLED ");
	if (m->replay)
		return canvas_text(c, 0, 0, c->w, ROLE_REPLAY, " REPLAY ");
	return canvas_text(c, 0, 0, c->w, ROLE_LIVE, " LIVE ");
}

static int put_counts(struct canvas *c, int x, const struct model *m)
{
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		size_t n = m->health_count[counts[i].health];

		if (!n && counts[i].health != HEALTH_OK)
			continue;
		if (counts[i].role == ROLE_CRIT)
			x += canvas_printf(
				 c, x, 0, c->w - x, ROLE_CRIT, " %zu %s ", n, counts[i].word) +
			     1;
		else
			x += canvas_printf(
				 c, x, 0, c->w - x, counts[i].role, "%zu %s", n, counts[i].word) +
			     2;
	}
	return x;
}

void pane_status_draw(struct canvas *c, const struct ui *ui)
{
	const struct model *m = &ui->model;
	char clock[TIME_TEXT_SIZE], link[160];
	size_t lost_sources = 0;
	int x, end, n = 0;

	canvas_fill(c, (struct rect){ 0, 0, c->w, 1 }, ' ', ROLE_BAR);
	x = badge(c, ui) + 1;
	/* Where there is little room the counts go before the name. */
	if (c->w >= 70)
		x += canvas_text(c, x, 0, c->w / 4, ROLE_BAR, *m->whom ? m->whom : ui->site) + 2;
	x = put_counts(c, x, m);
	for (size_t i = 0; i < m->source_count; i++)
		lost_sources += m->sources[i].lost;
	if (lost_sources)
		x += canvas_printf(c, x, 0, c->w - x, ROLE_BAR_WARN, "%zu source%s lost",
			 lost_sources, lost_sources == 1 ? "" : "s") +
		     2;
	clock_text(m->replay && m->source_count ? m->now_ms + m->offset_ms : m->now_ms, clock);
	end = c->w - 1;
	if (x + canvas_width(clock) <= end)
		end = canvas_right(c, end, 0, ROLE_BAR, "%s", clock) - 1;
	if (x + 16 > end)
		return;
	if (ui->read_only)
		end = canvas_right(c, end, 0, ROLE_BAR_WARN, "READ-ONLY ") - 1;
	else if (m->replay)
		end = canvas_right(c, end, 0, ROLE_BAR_WARN, "commands locked ") - 1;
	link[0] = '\0';
	if (ui->rtt_ms >= 0 && c->w >= 100)
		n += snprintf(
		    link + n, sizeof(link) - (size_t)n, "rtt %lld ms   ", (long long)ui->rtt_ms);
	if (c->w >= 100)
		n += snprintf(link + n, sizeof(link) - (size_t)n, "%.0f msg/s   drop %llu   %s ",
		    m->rate, (unsigned long long)m->dropped, ui->by);
	else
		n += snprintf(link + n, sizeof(link) - (size_t)n, "%.0f/s ", m->rate);
	if (x + canvas_width(link) < end)
		canvas_right(c, end, 0, ROLE_BAR_DIM, "%s", link);
}
