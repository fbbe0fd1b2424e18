/* Lines about time: :seek, :play, :pause, :loop, :live. See timeline.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ui/command_line.h"
#include "ui/ui.h"

#define DAY_MS 86400000

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

/* "13:52", "13:52:07.5": of the day the playhead is in. */
static bool parse_clock(const char *text, int64_t near_ms, int64_t *ms)
{
	char full[TIME_TEXT_SIZE], day[TIME_TEXT_SIZE];

	if (strchr(text, '-') || !strchr(text, ':') || strlen(text) > 13)
		return false;
	snprintf(full, sizeof(full), "%.10sT%.14s", time_format_day(near_ms, day), text);
	return time_parse(full, ms);
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

static int64_t stands_at(const struct ui *ui)
{
	return ui->timeline.past ? ui->timeline.at_ms : ui->model.now_ms;
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
	else if (!parse_clock(words[1], stands_at(ui), &t.ms) && !time_parse(words[1], &t.ms))
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
		if (!parse_clock(words[i + 1], stands_at(ui), &marks[i]) &&
		    !time_parse(words[i + 1], &marks[i]))
			return err_set(err, "\"%.32s\" is no time, as 13:52:00 is one", words[i + 1]);
	}
	if (marks[0] >= marks[1])
		return err_set(err, "the second time of a loop is the later one");
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
