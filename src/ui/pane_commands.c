/* The commands, newest first, each with its last stage. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ui/ui.h"

static void clock_text(int64_t ms, char text[TIME_TEXT_SIZE])
{
	char full[TIME_TEXT_SIZE];

	time_format(ms, full);
	snprintf(text, TIME_TEXT_SIZE, "%.8s", full + 11);
}

static enum role stage_role(int stage)
{
	switch (stage) {
	case STAGE_REJECTED:
	case STAGE_FAILED:
		return ROLE_ERROR;
	case STAGE_TIMEOUT:
		return ROLE_WARN;
	case STAGE_DONE:
		return ROLE_OK;
	default:
		return ROLE_TEXT;
	}
}

void pane_commands_draw(struct canvas *c, struct rect r, const struct ui *ui)
{
	const struct ledger *ledger = &ui->model.ledger;
	size_t open = 0;
	char text[40] = "";
	int y = r.y + 1;

	for (size_t i = 0; i < ledger->count; i++)
		open += !stage_is_final(ledger_at(ledger, i)->last.stage);
	if (open)
		snprintf(text, sizeof(text), "%zu open", open);
	layout_title(c, r, ui->focus == PANE_COMMANDS, 5, "COMMANDS", text, "");
	for (size_t i = ui->commands_top; i < ledger->count && y < r.y + r.h; i++, y++) {
		const struct progress *cm = &ledger_at(ledger, ledger->count - 1 - i)->last;
		const char *stage = cm->stage == STAGE_TIMEOUT ? "UNKNOWN" : stage_names[cm->stage];
		char clock[TIME_TEXT_SIZE];
		int x = r.x + 1;

		clock_text((int64_t)cm->time, clock);
		x += canvas_text(c, x, y, 8, ROLE_DIM, clock) + 1;
		x += canvas_printf(c, x, y, 18, ROLE_TEXT, "%-7s %s", cm->cmd, cm->drone) + 1;
		x = x < r.x + 24 ? r.x + 24 : x;
		x += canvas_text(c, x, y, r.x + r.w - x, stage_role(cm->stage), stage) + 1;
		x += canvas_text(c, x, y, r.x + r.w - x - 1, ROLE_DIM, cm->text) + 1;
		if (!*cm->text)
			canvas_text(c, x, y, r.x + r.w - x - 1, ROLE_DIM, cm->by);
	}
	if (y == r.y + 1)
		canvas_text(c, r.x + 1, y, r.w - 2, ROLE_DIM, "no commands yet");
}
