/*
 * Command-line flags by table: parsed, explained and completed from the same
 * rows. "--name VALUE", "--name=VALUE", "-n VALUE", "--" ends them; what looks
 * like a negative number is an operand, since coordinates are.
 */
#ifndef CONFIG_FLAGS_H
#define CONFIG_FLAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

struct flag_desc {
	const char *name;
	char letter;        /* 0: none */
	const char *value;  /* what it takes, for help: "FILE"; NULL: nothing */
	const char *option; /* "section.key" that it sets in the configuration, or NULL */
	const char *help;
};

/* A command's line as parsed. Strings are argv's. */
struct args {
	const struct flag_desc *flags; /* ended by a row without name */
	struct arg_given {
		const struct flag_desc *flag;
		const char *value; /* NULL where the flag takes none */
	} *given;                      /* owned; in the order given */
	size_t given_count;
	char **operands; /* owned array */
	int operand_count;
};

/* Parses all of argv (without the program's and the command's own name): 0, or
 * -1 with a sentence. args_clear() frees in either case. */
int args_parse(struct args *args, const struct flag_desc *flags, int argc, char **argv,
    struct err *err);
void args_clear(struct args *args);

bool args_has(const struct args *args, const char *name);
/* The value given last, or NULL. */
const char *args_get(const struct args *args, const char *name);
/* The value given last as a number within [min, max] in *out, which stays as
 * it is where the flag was not given: 0, or -1 with a sentence. */
int args_number(const struct args *args, const char *name, double min, double max, double *out,
    struct err *err);
int args_int(const struct args *args, const char *name, long long min, long long max,
    long long *out, struct err *err);

/* A row of a list of help: left in a column of width, then help, broken between
 * words so that no line is longer than the 80 columns every terminal has. */
void flags_print_row(FILE *out, int width, const char *left, const char *help);
/* A row a flag. */
void flags_print_help(FILE *out, const struct flag_desc *flags);

#endif
