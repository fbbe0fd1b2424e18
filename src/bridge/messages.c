/* Packing and unpacking by table: see messages.h. */
#include "bridge/messages.h"

#include <string.h>

#include "base/mem.h"

#define F(m, type, field, at)                                                  \
	{ #field, #type, sizeof(mav_##type), at, 1, offsetof(struct mav_##m, field) },
#define A(m, type, field, at, count)                                           \
	{ #field, #type, sizeof(mav_##type), at, count, offsetof(struct mav_##m, field) },
#define MESSAGE(NAME, name, id, min, max, ...)                                 \
	static const struct mav_field name##_fields[] = { __VA_ARGS__ };
#include "bridge/messages.def"
#undef F
#undef A
#undef MESSAGE

const struct mav_desc mav_table[] = {
#define MESSAGE(NAME, name, id, min, max, ...)                                 \
	{ #NAME, id, min, max, sizeof(struct mav_##name), name##_fields, ARRAY_LEN(name##_fields) },
#include "bridge/messages.def"
#undef MESSAGE
};
const size_t mav_table_count = ARRAY_LEN(mav_table);

const struct mav_desc *mav_find(uint32_t id)
{
	size_t low = 0, high = mav_table_count;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (mav_table[mid].id == id)
			return &mav_table[mid];
		if (mav_table[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* One element between the wire, least significant byte first, and the host. */
static void get(const uint8_t *wire, void *host, size_t size)
{
	uint64_t v = 0;
	uint32_t v4;
	uint16_t v2;

	for (size_t i = 0; i < size; i++)
		v |= (uint64_t)wire[i] << 8 * i;
	v4 = (uint32_t)v;
	v2 = (uint16_t)v;
	switch (size) {
	case 1: memcpy(host, wire, 1); break;
	case 2: memcpy(host, &v2, 2); break;
	case 4: memcpy(host, &v4, 4); break;
	default: memcpy(host, &v, 8); break;
	}
}

static void put(uint8_t *wire, const void *host, size_t size)
{
	uint64_t v = 0;
	uint32_t v4;
	uint16_t v2;

	switch (size) {
	case 1: memcpy(wire, host, 1); return;
	case 2: memcpy(&v2, host, 2); v = v2; break;
	case 4: memcpy(&v4, host, 4); v = v4; break;
	default: memcpy(&v, host, 8); break;
	}
	for (size_t i = 0; i < size; i++)
		wire[i] = (uint8_t)(v >> 8 * i);
}

void mav_unpack(uint32_t id, const uint8_t *payload, void *out)
{
	const struct mav_desc *d = mav_find(id);

	for (size_t i = 0; d && i < d->n; i++) {
		const struct mav_field *f = &d->fields[i];

		for (size_t k = 0; k < f->count; k++)
			get(payload + f->wire + k * f->size, (char *)out + f->offset + k * f->size,
			    f->size);
	}
}

size_t mav_pack(uint32_t id, const void *in, int version, uint8_t payload[MAV_PAYLOAD_MAX])
{
	const struct mav_desc *d = mav_find(id);
	size_t len = d ? (version == 1 ? d->min : d->max) : 0;

	for (size_t i = 0; d && i < d->n; i++) {
		const struct mav_field *f = &d->fields[i];

		if (f->wire >= len) /* an extension */
			continue;
		for (size_t k = 0; k < f->count; k++)
			put(payload + f->wire + k * f->size,
			    (const char *)in + f->offset + k * f->size, f->size);
	}
	return len;
}
