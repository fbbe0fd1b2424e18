/* Any bytes as rows that are not sealed yet: never a crash, never a body outside of the bytes;
 * what is read is written again as it was, and a list of it is in order. */
#include <stdlib.h>
#include <string.h>

#include "history/chunk.h"
#include "history/plain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_list(const uint8_t *data, size_t size, unsigned slot)
{
	static struct plain_list list;

	plain_list_reset(&list);
	if (!plain_list_add(&list, data, size, slot, 0))
		return;
	plain_list_sort(&list);
	for (size_t i = 0; i < list.count; i++) {
		const struct plain_item *a = i ? &list.items[i - 1] : NULL, *b = &list.items[i];
		int64_t time;

		if (plain_slot(b->drone) != slot || b->at + b->len > list.data.len)
			abort();
		if (a && (a->drone > b->drone || (a->drone == b->drone && a->boot > b->boot) ||
			     (a->drone == b->drone && a->boot == b->boot && a->seq > b->seq)))
			abort();
		(void)chunk_peek_time(list.data.data + b->at, b->len, &time);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const unsigned char *p = data, *end = data + size;
	struct buf out = BUF_INIT;
	struct plain_row row;
	int more;

	while ((more = plain_next(&p, end, &row)) == 1) {
		if (row.body < data || row.body + row.len > end)
			abort();
		plain_put(&out, &row);
		if (out.len != (size_t)(p - data) || memcmp(out.data, data, out.len) != 0)
			abort();
	}
	if (more == 0 && out.len != size)
		abort();
	for (unsigned slot = 0; size && slot < PLAIN_SLOTS; slot += PLAIN_SLOTS - 1)
		check_list(data, size, slot);
	check_list(data, size, size ? data[0] % PLAIN_SLOTS : 0);
	buf_free(&out);
	return 0;
}
