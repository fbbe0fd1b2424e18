/* Keys: see key.h. */
#include "ui/key.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/str.h"
#include "ui/canvas.h"

static const struct {
	uint32_t key;
	const char *name;
} names[] = {
	{ K_ENTER, "Enter" },
	{ K_TAB, "Tab" },
	{ K_ESC, "Esc" },
	{ ' ', "Space" },
	{ K_BACKSPACE, "Backspace" },
	{ K_UP, "Up" },
	{ K_DOWN, "Down" },
	{ K_LEFT, "Left" },
	{ K_RIGHT, "Right" },
	{ K_SHIFT_UP, "S-Up" },
	{ K_SHIFT_DOWN, "S-Down" },
	{ K_SHIFT_LEFT, "S-Left" },
	{ K_SHIFT_RIGHT, "S-Right" },
	{ K_HOME, "Home" },
	{ K_END, "End" },
	{ K_PAGE_UP, "PageUp" },
	{ K_PAGE_DOWN, "PageDown" },
	{ K_DELETE, "Delete" },
	{ K_BACK_TAB, "S-Tab" },
	{ K_REPLY, "Reply" },
	{ K_PASTE_BEGIN, "PasteBegin" },
	{ K_PASTE_END, "PasteEnd" },
};

const char *key_text(uint32_t key, char text[KEY_NAME_SIZE])
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (names[i].key == key) {
			str_copy(text, KEY_NAME_SIZE, names[i].name);
			return text;
		}
	}
	if (key < 27) {
		snprintf(text, KEY_NAME_SIZE, "C-%c", (char)('a' + key - 1));
	} else if (key < KEYS_NAMED) {
		text[utf8_encode(text, key)] = '\0';
	} else {
		str_copy(text, KEY_NAME_SIZE, "?");
	}
	return text;
}

uint32_t key_find(const char *name)
{
	char inner[KEY_NAME_SIZE];
	size_t len = strlen(name);
	const char *rest = name;
	uint32_t ch;

	if (len > 2 && name[0] == '<' && name[len - 1] == '>') {
		if (!str_copy_n(inner, sizeof(inner), name + 1, len - 2))
			return 0;
		return key_find(inner);
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcasecmp(names[i].name, name) == 0)
			return names[i].key;
	}
	if (len == 3 && strncasecmp(name, "C-", 2) == 0 && name[2] >= 'a' && name[2] <= 'z')
		return (uint32_t)(name[2] - 'a' + 1);
	ch = canvas_next(&rest);
	return *rest ? 0 : ch;
}

uint32_t utf8_feed(struct utf8_decoder *d, unsigned char byte)
{
	if (byte < 0x80) {
		d->more = 0;
		return byte;
	}
	if (d->more && (byte & 0xc0) == 0x80) {
		d->ch = d->ch << 6 | (byte & 0x3f);
		d->more--;
		return d->more ? 0 : d->ch;
	}
	d->more = byte >= 0xf0 && byte < 0xf5   ? 3
		  : byte >= 0xe0 && byte < 0xf0 ? 2
		  : byte >= 0xc2                ? 1
						: 0;
	if (!d->more || byte >= 0xf5) {
		d->more = 0;
		return 0xfffd;
	}
	d->ch = byte & (0x3fu >> d->more);
	return 0;
}

size_t utf8_encode(char out[4], uint32_t ch)
{
	if (ch < 0x80) {
		out[0] = (char)ch;
		return 1;
	}
	if (ch < 0x800) {
		out[0] = (char)(0xc0 | ch >> 6);
		out[1] = (char)(0x80 | (ch & 0x3f));
		return 2;
	}
	if (ch < 0x10000) {
		out[0] = (char)(0xe0 | ch >> 12);
		out[1] = (char)(0x80 | (ch >> 6 & 0x3f));
		out[2] = (char)(0x80 | (ch & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | ch >> 18);
	out[1] = (char)(0x80 | (ch >> 12 & 0x3f));
	out[2] = (char)(0x80 | (ch >> 6 & 0x3f));
	out[3] = (char)(0x80 | (ch & 0x3f));
	return 4;
}

void mouse_begin(struct mouse_decoder *d)
{
	*d = (struct mouse_decoder){ .count = 1 };
}

int mouse_feed(struct mouse_decoder *d, unsigned char byte, struct mouse *out)
{
	int *number = &d->numbers[d->count - 1], button = d->numbers[0];

	if (byte >= '0' && byte <= '9') {
		*number = *number < 10000 ? *number * 10 + byte - '0' : *number;
		return 0;
	}
	if (byte == ';' && d->count < 3) {
		d->count++;
		return 0;
	}
	/* Shift, Alt and Ctrl (4, 8, 16) make no difference; motion (32) is not asked for. */
	button &= ~(4 | 8 | 16);
	if (byte != 'M' || d->count != 3 || d->numbers[1] < 1 || d->numbers[2] < 1)
		return -1;
	*out = (struct mouse){ MOUSE_CLICK, d->numbers[1] - 1, d->numbers[2] - 1 };
	if (button == 64)
		out->act = MOUSE_WHEEL_UP;
	else if (button == 65)
		out->act = MOUSE_WHEEL_DOWN;
	else if (button != 0)
		return -1;
	return 1;
}
