/* The command table against the protocol's page, and reading arguments. */
#include "unit.h"

#include "base/mem.h"
#include "hex.h"
#include "proto/commands.h"

/* odyssey-protocol(7)'s table, written from the page: ? behind what may be left out. */
static const struct {
	const char *name, *args, *danger;
} page[] = {
	{ "arm", "", "yes" },
	{ "disarm", "force?:bool", "air" },
	{ "takeoff", "height:float64", "yes" },
	{ "goto", "lat:float64 lon:float64 height?:float64 speed?:float64", "no" },
	{ "mission", "items:items start?:bool", "ground" },
	{ "start", "", "ground" },
	{ "hold", "", "no" },
	{ "resume", "", "no" },
	{ "rtl", "", "no" },
	{ "land", "", "no" },
	{ "speed", "speed:float64", "no" },
	{ "home", "lat:float64 lon:float64 alt?:float64", "yes" },
	{ "video", "on:bool fps?:float64", "no" },
	{ "kill", "", "yes" },
};

static void test_table(void **state)
{
	(void)state;
	assert_int_equal(CMD_COUNT, ARRAY_LEN(page));
	for (int c = 0; c < CMD_COUNT; c++) {
		const struct command_desc *d = &command_table[c];
		char args[200] = "";
		size_t n = 0;

		assert_string_equal(d->name, page[c].name);
		assert_string_equal(danger_names[d->danger], page[c].danger);
		for (size_t i = 0; i < command_arg_count((enum command)c); i++)
			n += (size_t)snprintf(args + n, sizeof(args) - n, "%s%s%s:%s", i ? " " : "",
			    d->args[i].name, d->args[i].required ? "" : "?",
			    arg_type_names[d->args[i].type]);
		assert_string_equal(args, page[c].args);
		assert_int_equal(command_find(d->name), c);
	}
	assert_int_equal(command_find("fly"), CMD_COUNT);
	assert_int_equal(command_find(""), CMD_COUNT);
	assert_int_equal(command_find("ARM"), CMD_COUNT);
	/* The safe three go to several at once; one point and kill never. */
	assert_int_equal(command_table[CMD_HOLD].several, SEVERAL_AT_ONCE);
	assert_int_equal(command_table[CMD_RTL].several, SEVERAL_AT_ONCE);
	assert_int_equal(command_table[CMD_LAND].several, SEVERAL_AT_ONCE);
	assert_int_equal(command_table[CMD_KILL].several, SEVERAL_NEVER);
	assert_int_equal(command_table[CMD_GOTO].several, SEVERAL_NEVER);
	assert_int_equal(command_table[CMD_HOME].several, SEVERAL_NEVER);
	/* arm, takeoff and start are never repeated by a program. */
	for (int c = 0; c < CMD_COUNT; c++)
		CHECK(page[c].name, command_table[c].once ==
		    (c == CMD_ARM || c == CMD_TAKEOFF || c == CMD_START));
}

#define LAT "a3 6c6174"
#define LON "a3 6c6f6e"
#define HEIGHT "a6 686569676874"
#define SPEED "a5 7370656564"
#define ITEMS "a5 6974656d73"
#define START "a5 7374617274"
#define ON "a2 6f6e"
#define FORCE "a5 666f726365"
#define ITEM "83" LAT "30" LON "0b" HEIGHT "14"

static void test_arguments(void **state)
{
	static const struct {
		const char *legend;
		enum command cmd;
		const char *hex, *err;
	} cases[] = {
		{ "arm", CMD_ARM, "80", NULL },
		{ "arm with a key of nobody's", CMD_ARM, "81 a1 78 05", NULL },
		{ "args no map", CMD_ARM, "90", "map" },
		{ "args nil", CMD_ARM, "c0", "map" },
		{ "disarm forced", CMD_DISARM, "81" FORCE "c3", NULL },
		{ "force nil", CMD_DISARM, "81" FORCE "c0", NULL },
		{ "force 1", CMD_DISARM, "81" FORCE "01", "true or false" },
		{ "takeoff", CMD_TAKEOFF, "81" HEIGHT "14", NULL },
		{ "takeoff to nowhere", CMD_TAKEOFF, "80", "height" },
		{ "takeoff to nil", CMD_TAKEOFF, "81" HEIGHT "c0", "height" },
		{ "takeoff below ground", CMD_TAKEOFF, "81" HEIGHT "fb", "height" },
		{ "takeoff as text", CMD_TAKEOFF, "81" HEIGHT "a2 3230", "height" },
		{ "takeoff to infinity", CMD_TAKEOFF, "81" HEIGHT "cb 7ff0000000000000", "height" },
		{ "takeoff to NAN", CMD_TAKEOFF, "81" HEIGHT "cb 7ff8000000000000", "height" },
		{ "goto", CMD_GOTO, "82" LAT "30" LON "0b", NULL },
		{ "goto, floats", CMD_GOTO, "82" LAT "cb 4048119999999999" LON "ca 41300000", NULL },
		{ "goto with all", CMD_GOTO, "84" LAT "30" LON "0b" HEIGHT "14" SPEED "05", NULL },
		{ "goto with unknowns", CMD_GOTO, "84" LAT "30" LON "0b" HEIGHT "c0" SPEED "c0", NULL },
		{ "goto without lon", CMD_GOTO, "81" LAT "30", "lon" },
		{ "goto lat 91", CMD_GOTO, "82" LAT "5b" LON "0b", "lat" },
		{ "goto lat -90", CMD_GOTO, "82" LAT "d0 a6" LON "0b", NULL },
		{ "goto lon 180", CMD_GOTO, "82" LAT "30" LON "cc b4", NULL },
		{ "goto lon 181", CMD_GOTO, "82" LAT "30" LON "cc b5", "lon" },
		{ "goto speed 0", CMD_GOTO, "83" LAT "30" LON "0b" SPEED "00", "speed" },
		{ "goto speed negative", CMD_GOTO, "83" LAT "30" LON "0b" SPEED "ff", "speed" },
		{ "mission", CMD_MISSION, "81" ITEMS "91" ITEM, NULL },
		{ "mission at once", CMD_MISSION, "82" ITEMS "91" ITEM START "c3", NULL },
		{ "mission of nothing", CMD_MISSION, "81" ITEMS "90", NULL },
		{ "mission of nothing at once", CMD_MISSION, "82" ITEMS "90" START "c3", "items" },
		{ "mission without items", CMD_MISSION, "80", "items" },
		{ "mission with items a map", CMD_MISSION, "81" ITEMS "80", "items" },
		{ "mission with a bad item", CMD_MISSION, "81" ITEMS "92" ITEM "80", "item 2" },
		{ "mission with start a number", CMD_MISSION, "82" ITEMS "91" ITEM START "01", "start" },
		{ "speed", CMD_SPEED, "81" SPEED "08", NULL },
		{ "speed without", CMD_SPEED, "80", "speed" },
		{ "home", CMD_HOME, "82" LAT "30" LON "0b", NULL },
		{ "video on", CMD_VIDEO, "81" ON "c3", NULL },
		{ "video as a number", CMD_VIDEO, "81" ON "01", "on" },
		{ "video without", CMD_VIDEO, "80", "on" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf b = hex_buf(cases[i].hex), out = BUF_INIT, again = BUF_INIT;
		struct wire_doc doc;
		struct reject why;
		struct err err = { "" };
		struct command_args args;
		int ret;

		wire_doc_init(&doc);
		ret = command_args_read(cases[i].cmd, wire_parse(&doc, b.data, b.len, &why), &args, &err);
		CHECK(cases[i].legend, ret == (cases[i].err ? -1 : 0));
		if (cases[i].err && !strstr(err.text, cases[i].err))
			fail_msg("%s: said \"%s\"", cases[i].legend, err.text);
		if (ret == 0) { /* and round */
			struct command_args back;

			command_args_write(&out, cases[i].cmd, &args);
			CHECK(cases[i].legend, command_args_read(cases[i].cmd,
			    wire_parse(&doc, out.data, out.len, &why), &back, &err) == 0);
			command_args_write(&again, cases[i].cmd, &back);
			CHECK(cases[i].legend, out.len == again.len &&
			    memcmp(out.data, again.data, out.len) == 0);
			command_args_clear(&back);
		}
		command_args_clear(&args);
		wire_doc_clear(&doc);
		buf_free(&b);
		buf_free(&out);
		buf_free(&again);
	}
}

/* Unknown counts as the dangerous case. */
static void test_danger(void **state)
{
	static const struct {
		const char *legend;
		enum command cmd;
		bool start, maybe_in_air, surely_in_air, dangerous;
	} cases[] = {
		{ "arm", CMD_ARM, false, false, false, true },
		{ "hold", CMD_HOLD, false, true, true, false },
		{ "rtl", CMD_RTL, false, true, false, false },
		{ "disarm on the ground", CMD_DISARM, false, false, false, false },
		{ "disarm, who knows where", CMD_DISARM, false, true, false, true },
		{ "disarm in the air", CMD_DISARM, false, true, true, true },
		{ "start on the ground", CMD_START, false, false, false, true },
		{ "start, who knows where", CMD_START, false, true, false, true },
		{ "start in the air", CMD_START, false, true, true, false },
		{ "a mission to load", CMD_MISSION, false, false, false, false },
		{ "a mission to fly, on the ground", CMD_MISSION, true, false, false, true },
		{ "a mission to fly, in the air", CMD_MISSION, true, true, true, false },
		{ "kill in the air", CMD_KILL, false, true, true, true },
		{ "goto on the ground", CMD_GOTO, false, false, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct command_args args = { .number = { 0, cases[i].start } };

		CHECK(cases[i].legend, command_is_dangerous(cases[i].cmd, &args,
		    cases[i].maybe_in_air, cases[i].surely_in_air) == cases[i].dangerous);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_danger),
	};

	return cmocka_run_group_tests_name("commands", tests, NULL, NULL);
}
