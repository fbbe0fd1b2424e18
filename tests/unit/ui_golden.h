/* A canvas beside its golden picture, tests/golden/ui/NAME.txt. */
#ifndef TESTS_UI_GOLDEN_H
#define TESTS_UI_GOLDEN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/canvas.h"

static void golden_compare(const struct canvas *canvas, const char *name, const char *program)
{
	struct buf text = BUF_INIT, golden = BUF_INIT;
	char path[256], piece[4096];
	size_t n;
	FILE *f;

	canvas_save(canvas, &text);
	snprintf(path, sizeof(path), "tests/golden/ui/%s.txt", name);
	if (getenv("UPDATE_GOLDEN")) {
		f = fopen(path, "w");
		assert_non_null(f);
		fwrite(text.data, 1, text.len, f);
		fclose(f);
	}
	f = fopen(path, "r");
	while (f && (n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(&golden, piece, n);
	if (f)
		fclose(f);
	if (golden.len != text.len || memcmp(golden.data, text.data, text.len) != 0) {
		printf("%s:\n%s", name, text.data);
		fail_msg("%s: not as in %s; if it is right: UPDATE_GOLDEN=1 build/tests/%s", name,
		    path, program);
	}
	buf_free(&golden);
	buf_free(&text);
}

#endif
