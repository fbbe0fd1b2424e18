/* Serial lines: see transport.h. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "bridge/transport.h"

static const struct {
	const char *name;
	speed_t speed;
} bauds[] = {
	{ "9600", B9600 }, { "19200", B19200 }, { "38400", B38400 }, { "57600", B57600 },
	{ "115200", B115200 }, { "230400", B230400 }, { "460800", B460800 }, { "500000", B500000 },
	{ "921600", B921600 }, { "1000000", B1000000 }, { "1500000", B1500000 },
	{ "2000000", B2000000 },
};

static int baud_of(const char *name, speed_t *speed)
{
	for (size_t i = 0; i < ARRAY_LEN(bauds); i++) {
		if (strcmp(bauds[i].name, name) == 0) {
			*speed = bauds[i].speed;
			return 0;
		}
	}
	return -1;
}

static int parse_serial(struct transport *t, const char *rest, struct err *err)
{
	const char *colon = strrchr(rest, ':');
	speed_t speed;

	if (!colon || colon == rest)
		return err_set(err, "%s needs a device and a baud rate, as in serial:/dev/ttyUSB0:57600",
		    t->spec);
	if (!str_copy_n(t->host, sizeof(t->host), rest, (size_t)(colon - rest)) ||
	    !str_copy(t->port, sizeof(t->port), colon + 1))
		return err_set(err, "%s is too long", t->spec);
	if (baud_of(t->port, &speed) == -1)
		return err_set(err, "%s: %s is no baud rate; 57600, 115200, 921600 are usual", t->spec,
		    t->port);
	return 0;
}

static int open_serial(struct transport *t, int64_t now_ms, struct err *err)
{
	struct termios io;
	speed_t speed;

	(void)now_ms;
	t->fd = open(t->host, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (t->fd == -1)
		return err_set(err, "%s cannot be opened: %s%s", t->host, strerror(errno),
		    errno == EACCES ? "; is this user in the group dialout?" : "");
	if (tcgetattr(t->fd, &io) == -1 || baud_of(t->port, &speed) == -1) {
		close(t->fd);
		t->fd = -1;
		return err_set(err, "%s is no serial line", t->host);
	}
	cfmakeraw(&io);
	io.c_cflag |= CLOCAL | CREAD;
	io.c_cflag &= ~(tcflag_t)(CRTSCTS | CSTOPB);
	/* Reads say EAGAIN where nothing is there, so that 0 means unplugged. */
	io.c_cc[VMIN] = 1;
	io.c_cc[VTIME] = 0;
	cfsetispeed(&io, speed);
	cfsetospeed(&io, speed);
	if (tcsetattr(t->fd, TCSANOW, &io) == -1) {
		close(t->fd);
		t->fd = -1;
		return err_set(err, "%s does not take %s baud: %s", t->host, t->port, strerror(errno));
	}
	return 0;
}

const struct transport_ops transport_serial = {
	.name = "serial", .syntax = "serial:DEV:BAUD", .help = "a radio or cable",
	.parse = parse_serial, .open = open_serial, .read = transport_stream_read,
	.send = transport_stream_send,
};
