/*
 * Names in a .dbf come in the encoding that a .cpg beside it or a number in
 * it says, and often in another one: what is UTF-8 is taken as that,
 * everything else is converted.
 */
#ifndef MAP_ENCODING_H
#define MAP_ENCODING_H

#include <stddef.h>

struct map_encoding;

/* code_page is shapelib's: the text of the .cpg, "LDID/87", or NULL; of what
 * it does not know it makes ISO 8859-1. Never NULL. */
struct map_encoding *map_encoding_new(const char *code_page);
void map_encoding_free(struct map_encoding **e);
/* As UTF-8 without blanks around it and control characters, cut to size. */
void map_encoding_text(struct map_encoding *e, const char *raw, char *text, size_t size);

#endif
