/* Command-line flags by table: see flags.h. */
#include "config/flags.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

static const struct flag_desc *find_long(const struct flag_desc *flags, const char *name, size_t len)
{
	for (; flags->name; flags++) {
		if (strlen(flags->name) == len && memcmp(flags->name, name, len) == 0)
			return flags;
	}
	return NULL;
}

static const struct flag_desc *find_letter(const struct flag_desc *flags, char letter)
{
	for (; flags->name; flags++) {
		if (flags->letter == letter)
			return flags;
	}
	return NULL;
}

static int unknown_flag(const struct flag_desc *flags, const char *arg, struct err *err)
{
	const char *names[64], *near;
	char name[64];
	size_t n = 0;

	str_copy_n(name, sizeof(name), arg + strspn(arg, "-"), strcspn(arg + strspn(arg, "-"), "="));
	for (; flags->name && n < ARRAY_LEN(names) - 1; flags++)
		names[n++] = flags->name;
	names[n] = NULL;
	near = str_nearest(name, names);
	if (near)
		return err_set(err, "there is no option %s; did you mean --%s?", arg, near);
	return err_set(err, "there is no option %s; --help lists them", arg);
}

/* "-5", "-.5": an operand. */
static bool is_negative_number(const char *arg)
{
	return arg[0] == '-' && (isdigit((unsigned char)arg[1]) ||
				    (arg[1] == '.' && isdigit((unsigned char)arg[2])));
}

int args_parse(struct args *args, const struct flag_desc *flags, int argc, char **argv,
    struct err *err)
{
	size_t cap = 0;
	bool only_operands = false;

	*args = (struct args){ .flags = flags };
	args->operands = xcalloc((size_t)argc + 1, sizeof(*args->operands));
	for (int i = 0; i < argc; i++) {
		const struct flag_desc *flag;
		const char *arg = argv[i], *value = NULL;

		if (!only_operands && strcmp(arg, "--") == 0) {
			only_operands = true;
			continue;
		}
		if (only_operands || arg[0] != '-' || !arg[1] || is_negative_number(arg)) {
			args->operands[args->operand_count++] = argv[i];
			continue;
		}
		if (arg[1] == '-') {
			value = strchr(arg, '=');
			flag = find_long(flags, arg + 2,
			    value ? (size_t)(value - arg - 2) : strlen(arg + 2));
			value = value ? value + 1 : NULL;
		} else {
			flag = find_letter(flags, arg[1]);
			value = arg[2] ? arg + 2 : NULL;
		}
		if (!flag)
			return unknown_flag(flags, arg, err);
		if (value && !flag->value)
			return err_set(err, "--%s takes no value", flag->name);
		if (flag->value && !value) {
			if (i + 1 == argc)
				return err_set(err, "--%s needs a value: %s", flag->name, flag->value);
			value = argv[++i];
		}
		mem_grow(args->given, args->given_count, cap);
		args->given[args->given_count++] = (struct arg_given){ flag, value };
	}
	return 0;
}

void args_clear(struct args *args)
{
	free(args->given);
	free(args->operands);
	*args = (struct args){ 0 };
}

static const struct arg_given *find_given(const struct args *args, const char *name)
{
	for (size_t i = args->given_count; i-- > 0;) {
		if (strcmp(args->given[i].flag->name, name) == 0)
			return &args->given[i];
	}
	return NULL;
}

bool args_has(const struct args *args, const char *name)
{
	return find_given(args, name) != NULL;
}

const char *args_get(const struct args *args, const char *name)
{
	const struct arg_given *given = find_given(args, name);

	return given ? given->value : NULL;
}

int args_number(const struct args *args, const char *name, double min, double max, double *out,
    struct err *err)
{
	const char *text = args_get(args, name);
	double v;

	if (!text)
		return 0;
	if (!str_double(text, &v) || v < min || v > max)
		return err_set(err, "--%s must be a number within %g to %g, and \"%s\" is not", name,
		    min, max, text);
	*out = v;
	return 0;
}

int args_int(const struct args *args, const char *name, long long min, long long max,
    long long *out, struct err *err)
{
	const char *text = args_get(args, name);
	int64_t v;

	if (!text)
		return 0;
	if (!str_int(text, min, max, &v))
		return err_set(err,
		    "--%s must be a whole number within %lld to %lld, and \"%s\" is not", name, min,
		    max, text);
	*out = v;
	return 0;
}

#define HELP_COLUMNS 80

void flags_print_row(FILE *out, int width, const char *left, const char *help)
{
	const size_t room = (size_t)(HELP_COLUMNS - width - 3);

	fprintf(out, "  %-*s", width, left);
	for (;;) {
		size_t n = strlen(help);

		if (n > room) {
			for (n = room; n && help[n] != ' '; n--)
				;
			/* A word that is longer than the room is not cut. */
			if (!n)
				n = strcspn(help, " ");
		}
		fprintf(out, " %.*s\n", (int)n, help);
		help += n;
		help += strspn(help, " ");
		if (!*help)
			return;
		fprintf(out, "%*s", width + 2, "");
	}
}

void flags_print_help(FILE *out, const struct flag_desc *flags)
{
	for (; flags->name; flags++) {
		char left[64];

		snprintf(left, sizeof(left), "%c%c%s --%s%s%s", flags->letter ? '-' : ' ',
		    flags->letter ? flags->letter : ' ', flags->letter ? "," : " ", flags->name,
		    flags->value ? " " : "", flags->value ? flags->value : "");
		flags_print_row(out, 30, left, flags->help);
	}
}
