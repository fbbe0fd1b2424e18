/* Any bytes as a request, and what it holds as a command's arguments: always an
 * answer that can be sent. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "proto/commands.h"
#include "proto/control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_doc doc;
	struct request req;
	struct reply reply;
	struct command_args args;
	struct err err;
	struct buf b = BUF_INIT;
	enum code code;

	wire_doc_init(&doc);
	if (request_parse(&doc, data, size, &req, &code, &err) == -1) {
		if (code != CODE_BAD_REQUEST && code != CODE_BAD_VERSION && code != CODE_UNKNOWN_OP)
			abort();
		if (!utf8_valid(err.text, strlen(err.text)))
			abort();
		reply_error(&b, code, err.text);
		if (reply_parse(&doc, b.data, b.len, &reply, &err) == -1 || reply.code != code)
			abort();
	} else if (req.op == OP_COMMAND) {
		for (int c = 0; c < CMD_COUNT; c++) {
			if (command_args_read((enum command)c, req.args, &args, &err) == 0) {
				buf_clear(&b);
				command_args_write(&b, (enum command)c, &args);
			}
			command_args_clear(&args);
		}
	}
	wire_doc_clear(&doc);
	buf_free(&b);
	return 0;
}
