/* Lines about time: :seek, :play, :pause, :loop, :live. See timeline.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ui/command_line.h"
#include "ui/ui.h"

#define DAY_MS INT64_C(86400000)

static const char *const places[] = { "next", "previous", "start", "end", "live", NULL };

static bool is_target(const char *word, const char **target)
{
	for (size_t i = 0; timeline_targets[i]; i++) {
		if (strcmp(timeline_targets[i], word) == 0) {
			*target = timeline_targets[i];
			return true;
		}
	}
	return false;
}

static int64_t stands_at(const struct ui *ui)
{
	return ui->timeline.past ? ui->timeline.at_ms : ui->model.now_ms;
}

/* "13:52", "13:52:07.5": of the day the playhead is in; or, where nothing of that is
 * recorded, of the day before or after, as around midnight. */
static bool parse_clock(const char *text, const struct ui *ui, int64_t *ms)
{
	static const int64_t days[] = { 0, -DAY_MS, DAY_MS };
	const struct timeline *tl = &ui->timeline;
	int64_t first = tl->past ? tl->first_ms : INT64_MIN, last = tl->past ? tl->last_ms : ui->model.now_ms;
	char full[TIME_TEXT_SIZE], day[TIME_TEXT_SIZE];

	if (strchr(text, '-') || !strchr(text, ':') || strlen(text) > 13)
		return false;
	snprintf(full, sizeof(full), "%.10sT%.14s", time_format_day(stands_at(ui), day), text);
	if (!time_parse(full, ms))
		return false;
	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		if (*ms + days[i] >= first && *ms + days[i] <= last) {
			*ms += days[i];
			break;
		}
	}
	return true;
}

/* "-30s", "+5m": signed, so that "30s" alone is no guess. */
static bool parse_offset(const char *text, int64_t *ms)
{
	if ((*text != '-' && *text != '+') || !duration_parse(text + 1, ms))
		return false;
	*ms = *text == '-' ? -*ms : *ms;
	return true;
}

static bool parse_percent(const char *text, double *percent)
{
	char number[32];
	size_t n = strlen(text);

	return n > 1 && text[n - 1] == '%' && str_copy_n(number, sizeof(number), text, n - 1) &&
	       str_double(number, percent) && *percent >= 0 && *percent <= 100;
}

static int seek_target(struct ui *ui, int count, char **words, struct err *err)
{
	struct travel t = { .verb = TRAVEL_FIND, .target = "event",
		.backward = strcmp(words[1], "next") != 0 };

	if (count > 2 && !is_target(words[2], &t.target))
		return err_set(err, "\"%.32s\" is nothing to seek: there are event, alarm, command, "
				    "gap, order and sample",
		    words[2]);
	timeline_travel(ui, &t);
	return 0;
}

int timeline_seek_line(struct ui *ui, int count, char **words, struct err *err)
{
	struct travel t = { .verb = TRAVEL_TO };

	if (count < 2)
		return err_set(err, "seek takes a time as 13:52:00 or 2026-11-20T13:40Z, -30s, 40%%, "
				    "or next alarm");
	if (strcmp(words[1], "next") == 0 || strcmp(words[1], "previous") == 0 ||
	    strcmp(words[1], "prev") == 0)
		return seek_target(ui, count, words, err);
	if (count > 2)
		return err_set(err, "seek takes one place in time, and \"%.32s\" is more", words[2]);
	if (strcmp(words[1], "start") == 0 || strcmp(words[1], "end") == 0)
		t = (struct travel){ .verb = TRAVEL_PERCENT,
			.value = words[1][0] == 's' ? 0 : 100 };
	else if (strcmp(words[1], "live") == 0)
		return timeline_live_line(ui, 1, words, err);
	else if (parse_offset(words[1], &t.ms))
		t.verb = TRAVEL_BY;
	else if (parse_percent(words[1], &t.value))
		t.verb = TRAVEL_PERCENT;
	else if (words[1][strlen(words[1]) - 1] == '%')
		return err_set(err, "\"%.32s\" is no place in what is recorded: that is 0%% to 100%%", words[1]);
	else if (!parse_clock(words[1], ui, &t.ms) && !time_parse(words[1], &t.ms))
		return err_set(err, "\"%.32s\" is no time: 13:52:00, 2026-11-20T13:40Z, -30s, 40%%, "
				    "next alarm",
		    words[1]);
	timeline_travel(ui, &t);
	return 0;
}

int timeline_play_line(struct ui *ui, int count, char **words, struct err *err)
{
	struct travel t = { .verb = TRAVEL_SPEED, .value = ui->timeline.speed };
	const char *text = count > 1 ? words[1] : "1";

	if (str_starts(text, "\u00d7") || *text == 'x')
		text += *text == 'x' ? 1 : strlen("\u00d7");
	if (count > 1 && (!str_double(text, &t.value) || fabs(t.value) < 0.1 || fabs(t.value) > 1000))
		return err_set(err, "play takes a speed from 0.1 to 1000, below zero backward, and "
				    "\"%.32s\" is none",
		    words[1]);
	timeline_travel(ui, &t);
	return 0;
}

static int alone(int count, char **words, struct err *err)
{
	return count > 1 ? err_set(err, "%s takes nothing behind it", words[0]) : 0;
}

int timeline_pause_line(struct ui *ui, int count, char **words, struct err *err)
{
	if (alone(count, words, err) == -1)
		return -1;
	timeline_travel(ui, &(struct travel){ .verb = TRAVEL_PAUSE });
	return 0;
}

int timeline_live_line(struct ui *ui, int count, char **words, struct err *err)
{
	if (alone(count, words, err) == -1)
		return -1;
	if (!ui->timeline.past) {
		ui_say(ui, ROLE_TEXT, "this is live already");
		return 0;
	}
	timeline_travel(ui, &(struct travel){ .verb = TRAVEL_LIVE });
	return 0;
}

int timeline_loop_line(struct ui *ui, int count, char **words, struct err *err)
{
	int64_t marks[2];

	if (count == 1 || (count == 2 && (strcmp(words[1], "on") == 0 || strcmp(words[1], "off") == 0))) {
		if (count == 1 || ui->timeline.loop != (words[1][1] == 'n'))
			timeline_travel(ui, &(struct travel){ .verb = TRAVEL_LOOP });
		return 0;
	}
	if (count != 3)
		return err_set(err, "loop takes on, off, or two times: loop 13:50 13:52");
	for (int i = 0; i < 2; i++) {
		if (!parse_clock(words[i + 1], ui, &marks[i]) &&
		    !time_parse(words[i + 1], &marks[i]))
			return err_set(err, "\"%.32s\" is no time, as 13:52:00 is one", words[i + 1]);
	}
	if (marks[0] >= marks[1])
		return err_set(err, "the second time of a loop is the later one");
	if (ui->timeline.past && (marks[1] < ui->timeline.first_ms || marks[0] > ui->timeline.last_ms))
		return err_set(err, "nothing is recorded between %.16s and %.16s", words[1], words[2]);
	timeline_travel(ui, &(struct travel){ .verb = TRAVEL_UNMARK });
	timeline_travel(ui, &(struct travel){ .verb = TRAVEL_MARK_IN, .ms = marks[0] });
	timeline_travel(ui, &(struct travel){ .verb = TRAVEL_MARK_OUT, .ms = marks[1] });
	if (!ui->timeline.loop)
		timeline_travel(ui, &(struct travel){ .verb = TRAVEL_LOOP });
	return 0;
}

const char *timeline_seek_candidate(struct ui *ui, int word, int n)
{
	(void)ui;
	return word == 1 ? places[n < 5 ? n : 5] : word == 2 ? timeline_targets[n < 6 ? n : 6] : NULL;
}

const char *timeline_loop_candidate(struct ui *ui, int word, int n)
{
	static const char *const words[] = { "on", "off", NULL };

	(void)ui;
	return word == 1 ? words[n < 2 ? n : 2] : NULL;
}
