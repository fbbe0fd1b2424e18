/*
 * Positions as people type them: see position.h.
 *
 * The text becomes tokens, the tokens two halves (at the comma, at the
 * hemisphere letters, or at the second degree sign), and each half an angle.
 */
#include "format/position.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "format/grid.h"

#define TOKENS_MAX 24

enum token_kind {
	TOKEN_NUMBER, TOKEN_DEGREES, TOKEN_MINUTES, TOKEN_SECONDS, TOKEN_HEMISPHERE, TOKEN_COMMA,
};

struct token {
	enum token_kind kind;
	double number; /* of TOKEN_NUMBER */
	bool is_signed, fraction;
	char letter;   /* of TOKEN_HEMISPHERE: N, S, E, W */
};

/* What people and their keyboards use for degrees, minutes and seconds. Longer
 * ones first where one begins like another. */
static const struct {
	const char *text;
	enum token_kind kind;
} marks[] = {
	{ "\302\260", TOKEN_DEGREES },	   /* degree sign */
	{ "\302\272", TOKEN_DEGREES },	   /* masculine ordinal, its neighbour on many keyboards */
	{ "\313\232", TOKEN_DEGREES },	   /* ring above */
	{ "''", TOKEN_SECONDS },
	{ "\"", TOKEN_SECONDS },
	{ "\342\200\263", TOKEN_SECONDS }, /* double prime */
	{ "\342\200\235", TOKEN_SECONDS }, /* right double quote */
	{ "'", TOKEN_MINUTES },
	{ "\342\200\262", TOKEN_MINUTES }, /* prime */
	{ "\342\200\231", TOKEN_MINUTES }, /* right single quote */
	{ ",", TOKEN_COMMA },
	{ ";", TOKEN_COMMA },
	{ "/", TOKEN_COMMA },
};

static int no_position(const char *text, struct err *err)
{
	char shown[80];

	str_copy(shown, sizeof(shown), text);
	str_clean(shown);
	return err_set(err,
	    "\"%s\" is no position: write 47.14 9.52, 47.14N 9.52E or 47°08'30\"N 9°31'12\"E", shown);
}

/* A number at s: its length, 0 if there is none. */
static size_t number_token(const char *s, struct token *t)
{
	size_t sign = *s == '-' || *s == '+';
	size_t whole = strspn(s + sign, "0123456789");
	size_t fraction = s[sign + whole] == '.' ? 1 + strspn(s + sign + whole + 1, "0123456789") : 0;
	char text[32];

	if (whole + fraction == 0 || (whole == 0 && fraction == 1) ||
	    sign + whole + fraction >= sizeof(text))
		return 0;
	str_copy_n(text, sizeof(text), s, sign + whole + fraction);
	*t = (struct token){ .kind = TOKEN_NUMBER, .is_signed = sign, .fraction = fraction > 0 };
	return str_double(text, &t->number) ? sign + whole + fraction : 0;
}

/* d, m and s as marks: only right behind a number, s only where m was used
 * before it, for otherwise it is south. */
static bool letter_mark(char c, const struct token *tokens, size_t n, bool behind_number,
    enum token_kind *kind)
{
	if (!behind_number)
		return false;
	switch (c) {
	case 'd':
		*kind = TOKEN_DEGREES;
		return true;
	case 'm':
		*kind = TOKEN_MINUTES;
		return true;
	case 's':
		*kind = TOKEN_SECONDS;
		return n >= 2 && tokens[n - 2].kind == TOKEN_MINUTES;
	default:
		return false;
	}
}

/* How many tokens the text makes, or -1. */
static int tokenize(const char *s, struct token *tokens)
{
	size_t n = 0;
	bool behind_number = false; /* with no space between */

	while (*s) {
		struct token t = { 0 };
		size_t len = 0, i;

		if (*s == ' ' || *s == '\t') {
			behind_number = false;
			s++;
			continue;
		}
		for (i = 0; i < ARRAY_LEN(marks) && !str_starts(s, marks[i].text);)
			i++;
		if (i < ARRAY_LEN(marks)) {
			t.kind = marks[i].kind;
			len = strlen(marks[i].text);
		} else if (letter_mark(*s, tokens, n, behind_number, &t.kind)) {
			len = 1;
		} else if (strchr("NSEWnsew", *s)) {
			t.kind = TOKEN_HEMISPHERE;
			t.letter = (char)(*s & ~0x20);
			len = 1;
		} else {
			len = number_token(s, &t);
		}
		if (len == 0 || n == TOKENS_MAX)
			return -1;
		behind_number = t.kind == TOKEN_NUMBER;
		tokens[n++] = t;
		s += len;
	}
	return (int)n;
}

/* Where the first coordinate ends; 0 if the tokens do not fall in two. *skip
 * is 1 where a comma stands there. */
static size_t split(const struct token *tokens, size_t n, size_t *skip)
{
	size_t commas = 0, letters = 0, degrees = 0, numbers = 0;
	size_t comma = 0, second_letter = 0, first_letter = 0, second_degrees = 0;

	*skip = 0;
	for (size_t i = 0; i < n; i++) {
		switch (tokens[i].kind) {
		case TOKEN_COMMA:
			commas++;
			comma = i;
			break;
		case TOKEN_HEMISPHERE:
			if (++letters == 1)
				first_letter = i;
			second_letter = i;
			break;
		case TOKEN_DEGREES:
			if (++degrees == 2)
				second_degrees = i;
			break;
		case TOKEN_NUMBER:
			numbers++;
			break;
		default:
			break;
		}
	}
	if (commas == 1) {
		*skip = 1;
		return comma;
	}
	if (commas > 1)
		return 0;
	if (letters == 2)
		return first_letter == 0 ? second_letter : first_letter + 1;
	if (letters == 0 && degrees == 2)
		return second_degrees - 1;
	return letters == 0 && degrees == 0 && numbers == 2 ? 1 : 0;
}

struct angle {
	double degrees;
	char letter; /* 0: none */
};

/* [letter] number [mark] [number [mark]] [number [mark]] [letter] */
static bool read_angle(const struct token *t, size_t n, struct angle *out)
{
	static const enum token_kind order[] = { TOKEN_DEGREES, TOKEN_MINUTES, TOKEN_SECONDS };
	double parts[3] = { 0, 0, 0 };
	size_t i = 0, part = 0;
	bool negative = false, fraction = false, is_signed = false;

	out->letter = 0;
	if (i < n && t[i].kind == TOKEN_HEMISPHERE)
		out->letter = t[i++].letter;
	while (i < n && t[i].kind == TOKEN_NUMBER) {
		/* Only the first may have a sign, only the last a fraction. */
		if (part == 3 || fraction || (part > 0 && (t[i].is_signed || t[i].number >= 60)))
			return false;
		if (part == 0) {
			is_signed = t[i].is_signed;
			negative = signbit(t[i].number);
		}
		fraction = t[i].fraction;
		parts[part] = fabs(t[i++].number);
		if (i < n && t[i].kind >= TOKEN_DEGREES && t[i].kind <= TOKEN_SECONDS &&
		    t[i++].kind != order[part])
			return false;
		part++;
	}
	if (i < n && t[i].kind == TOKEN_HEMISPHERE && !out->letter)
		out->letter = t[i++].letter;
	if (part == 0 || i != n || (is_signed && out->letter))
		return false;
	out->degrees = parts[0] + parts[1] / 60 + parts[2] / 3600;
	if (negative || out->letter == 'S' || out->letter == 'W')
		out->degrees = -out->degrees;
	return true;
}

static bool is_longitude(char letter)
{
	return letter == 'E' || letter == 'W';
}

int position_parse(const char *text, struct geo_point *out, struct err *err)
{
	struct token tokens[TOKENS_MAX];
	struct angle first, second;
	size_t at, skip;
	int n;

	if (grid_looks_like(text))
		return grid_parse(text, out, err);
	n = tokenize(text, tokens);
	if (n < 2 || (at = split(tokens, (size_t)n, &skip)) == 0 ||
	    !read_angle(tokens, at, &first) ||
	    !read_angle(tokens + at + skip, (size_t)n - at - skip, &second))
		return no_position(text, err);
	if (!first.letter != !second.letter ||
	    (first.letter && is_longitude(first.letter) == is_longitude(second.letter)))
		return no_position(text, err);
	if (is_longitude(first.letter))
		*out = (struct geo_point){ .lat = second.degrees, .lon = first.degrees };
	else
		*out = (struct geo_point){ .lat = first.degrees, .lon = second.degrees };
	if (fabs(out->lat) > 90)
		return err_set(err, "%.7g is no latitude, which is within -90 to 90 and comes first%s",
		    out->lat, fabs(out->lon) <= 90 ? ": are the two in the wrong order?" : "");
	if (fabs(out->lon) > 180)
		return err_set(err, "%.7g is no longitude, which is within -180 to 180", out->lon);
	return 0;
}
