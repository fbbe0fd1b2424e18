/* odyssey keys: makes a pair of CURVE keys in two files. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "app/commands.h"
#include "link/link.h"

/* A file that is there stays as it is: somebody may rely on that key. */
static int write_key(const char *path, mode_t mode, const char *key, struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	char line[KEY_TEXT_SIZE + 1];
	int n = snprintf(line, sizeof(line), "%s\n", key);

	if (fd == -1)
		return err_set(err, "%s cannot be made: %s", path, strerror(errno));
	if (write(fd, line, (size_t)n) != n || fsync(fd) == -1) {
		err_set(err, "%s cannot be written: %s", path, strerror(errno));
		close(fd);
		unlink(path);
		return -1;
	}
	close(fd);
	return 0;
}

int cmd_keys(struct app *app)
{
	struct link_keys keys = { 0 };
	char public_path[CONFIG_PATH_SIZE];
	const char *path;
	struct err err;

	if (app->args.operand_count != 1) {
		err_set(&err, "it takes one file name; the public key goes beside it as FILE.pub");
		return app_usage_error("keys", &err);
	}
	path = app->args.operands[0];
	if (snprintf(public_path, sizeof(public_path), "%s.pub", path) >= (int)sizeof(public_path)) {
		err_set(&err, "the path is too long");
		return app_usage_error("keys", &err);
	}
	if (!link_make_keys(&keys)) {
		err_set(&err, "this libzmq came without CURVE");
		return app_failure("keys", &err);
	}
	if (write_key(path, 0600, keys.secret_key, &err) == -1)
		return app_failure("keys", &err);
	if (write_key(public_path, 0644, keys.public_key, &err) == -1) {
		unlink(path);
		return app_failure("keys", &err);
	}
	printf("secret key: %s\npublic key: %s\n", path, public_path);
	return EXIT_OK;
}
