/* odyssey ls: the fleet, a line each; --sources: where it comes from. */
#include <stdio.h>
#include <string.h>

#include "app/attach.h"
#include "app/commands.h"
#include "app/roster_fetch.h"
#include "base/mem.h"
#include "format/table.h"

static int fail(const struct err *err)
{
	return app_failure("ls", err);
}

static void print(const struct buf *out)
{
	if (out->len)
		fwrite(out->data, 1, out->len, stdout);
}

/* One value of a source as text, "-" for nil. */
static const char *source_text(const wire_value *source, const char *key, char *text, size_t size)
{
	const wire_value *v = wire_key(source, key);
	const char *s;
	size_t len;
	uint64_t n;

	if (wire_get_text(v, &s, &len))
		str_copy_n(text, size, s, len);
	else if (wire_get_uint(v, &n))
		snprintf(text, size, "%llu", (unsigned long long)n);
	else
		str_copy(text, size, "-");
	return text;
}

static int list_sources(struct attach *at, bool json)
{
	static const struct table_column columns[] = {
		{ "SOURCE", TABLE_LEFT }, { "KIND", TABLE_LEFT }, { "STATE", TABLE_LEFT },
		{ "DRONES", TABLE_RIGHT }, { "SENT", TABLE_RIGHT }, { "RECEIVED", TABLE_RIGHT },
		{ "FEED", TABLE_LEFT },
	};
	static const char *const keys[] = {
		"source", "kind", "state", "drones", "sent", "received", "feed",
	};
	struct buf out = BUF_INIT;
	struct answer a;
	struct table t;
	struct err err;
	const wire_value *list;

	answer_init(&a);
	if (attach_request(at, OP_SOURCES, &a, &err) == -1) {
		answer_clear(&a);
		return fail(&err);
	}
	list = wire_key(a.reply.body, "sources");
	table_init(&t, columns, ARRAY_LEN(columns));
	for (size_t i = 0; i < wire_count(list); i++) {
		const wire_value *source = wire_at(list, i);

		if (json) {
			wire_to_json(source, &out);
			buf_add(&out, "\n", 1);
			continue;
		}
		for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
			char text[CONFIG_TEXT_SIZE];

			source_text(source, keys[k], text, sizeof(text));
			table_cell(&t, strcmp(text, "lost") == 0 || strcmp(text, "never") == 0 ?
			    STYLE_BAD : STYLE_PLAIN, "%s", text);
		}
	}
	if (!json)
		table_write(&t, &out, table_wants_colour(stdout));
	print(&out);
	table_clear(&t);
	buf_free(&out);
	answer_clear(&a);
	return EXIT_OK;
}

static int list_drones(struct attach *at, const struct app *app, const struct field_list *fields)
{
	bool json = args_has(&app->args, "json"), colour = table_wants_colour(stdout);
	struct buf out = BUF_INIT;
	struct hello hello;
	struct roster_view r;
	struct err err;

	if (attach_hello(at, &hello, &err) == -1 ||
	    roster_fetch(at, &app->config, &hello, &r, &err) == -1)
		return fail(&err);
	if (args_has(&app->args, "ids")) {
		for (size_t i = 0; i < r.count; i++)
			buf_printf(&out, "%s\n", r.drones[i].id);
	} else if (json) {
		roster_view_write_json(&r, fields, &out);
	} else if (fields) {
		roster_view_write_fields(&r, fields, &out, colour);
	} else {
		roster_view_write_table(&r, &out, colour);
	}
	print(&out);
	if (r.malformed)
		fprintf(stderr, "odyssey ls: %zu malformed entries in the roster are left out\n",
		    r.malformed);
	if (r.count == 0 && !json)
		fprintf(stderr, "odyssey ls: there are no drones yet; --sources shows where they come from\n");
	roster_view_clear(&r);
	buf_free(&out);
	return EXIT_OK;
}

int cmd_ls(struct app *app)
{
	const char *text = args_get(&app->args, "fields");
	struct field_list fields;
	struct attach at;
	struct err err;
	int code;

	if (app->args.operand_count > 0) {
		err_set(&err, "ls takes no operand, and \"%.40s\" is one", app->args.operands[0]);
		return app_usage_error("ls", &err);
	}
	if (text && field_list_parse(&fields, text, roster_fields, &err) == -1)
		return app_usage_error("ls", &err);
	if (attach_open(&at, app, &err) == -1) {
		attach_close(&at);
		return app_usage_error("ls", &err);
	}
	if (args_has(&app->args, "sources"))
		code = list_sources(&at, args_has(&app->args, "json"));
	else
		code = list_drones(&at, app, text ? &fields : NULL);
	attach_close(&at);
	return code;
}
