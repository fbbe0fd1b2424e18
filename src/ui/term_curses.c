/* The terminal through curses: see term_curses.h. */
#include "ui/term_curses.h"

#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include <curses.h>

#include "base/mem.h"
#include "ui/key.h"
#include "ui/term_known.h"

#define STALL_MS      2000
#define BLIND_PACE_MS 250 /* between frames where the terminal never answers */
#define PAIRS_MAX     1024

/* Beyond curses' own key codes. */
#define CODE_REPLY       2001
#define CODE_PASTE_BEGIN 2002
#define CODE_PASTE_END   2003
#define CODE_MOUSE       2004

struct pair {
	int fg, bg;
};

struct term_private {
	SCREEN *screen;
	struct canvas shown;
	bool redraw;
	struct pair pairs[PAIRS_MAX];
	int pair_count, pair_max;
	struct utf8_decoder utf8;
	struct mouse_decoder mouse;
	bool mouse_open; /* its report is being read */
	bool mouse_on;
};

/* For the handlers: what puts the terminal back, and its former modes. */
static struct {
	volatile sig_atomic_t active;
	struct termios modes;
} saved;

static const char reset_text[] =
    "\033[0m\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[?2004l\033[?25h\033[?1049l\r\n";

static void give_back(void)
{
	if (!saved.active)
		return;
	saved.active = 0;
	if (write(STDOUT_FILENO, reset_text, sizeof(reset_text) - 1) < 0)
		saved.active = 0; /* a terminal that is gone needs none */
	tcsetattr(STDIN_FILENO, TCSANOW, &saved.modes);
}

static void on_crash(int sig)
{
	give_back();
	signal(sig, SIG_DFL);
	raise(sig);
}

/* Only unblocked while a frame is written: it hangs, and we are told to end. */
static void on_end(int sig)
{
	give_back();
	_exit(128 + sig);
}

static void catch (int sig, void (*handler)(int), int flags)
{
	struct sigaction sa = { .sa_handler = handler, .sa_flags = flags };

	sigemptyset(&sa.sa_mask);
	sigaction(sig, &sa, NULL);
}

static void catch_crashes(void)
{
	static const int crashes[] = { SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE };
	static const int ends[] = { SIGTERM, SIGHUP, SIGINT };
	static char stack_space[65536];
	stack_t stack = { .ss_sp = stack_space, .ss_size = sizeof(stack_space) };

	sigaltstack(&stack, NULL);
	for (size_t i = 0; i < ARRAY_LEN(crashes); i++)
		catch (crashes[i], on_crash, (int)(SA_ONSTACK | SA_RESETHAND));
	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		catch (ends[i], on_end, SA_ONSTACK);
	mem_on_failure = give_back;
}

/* The signals that end us come as a descriptor, except while out() may hang. */
static void allow_end(bool allow)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigprocmask(allow ? SIG_UNBLOCK : SIG_BLOCK, &set, NULL);
}

static enum charset choose_charset(const char *wanted)
{
	static const wchar_t used[] = { 0x2500, 0x2502, 0x2581, 0x2588, 0x2190, 0x2197, 0x25b2,
		0x25c6, 0x2026, 0x00b7 };

	if (strcmp(wanted, "ascii") == 0)
		return CHARSET_ASCII;
	if (strcmp(wanted, "block") == 0)
		return CHARSET_BLOCK;
	if (strcmp(wanted, "braille") == 0)
		return CHARSET_BRAILLE;
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return CHARSET_ASCII;
	for (size_t i = 0; i < ARRAY_LEN(used); i++) {
		if (wcwidth(used[i]) != 1)
			return CHARSET_ASCII;
	}
	/* The Linux console has 512 glyphs, none of them braille. */
	if (strcmp(getenv("TERM") ? getenv("TERM") : "", "linux") == 0)
		return CHARSET_BLOCK;
	return CHARSET_BRAILLE;
}

static int choose_colours(const char *wanted)
{
	const char *no_color = getenv("NO_COLOR");
	int n = has_colors() ? COLORS : 0;

	if (strcmp(wanted, "auto") == 0) {
		if (no_color && *no_color)
			return 0;
	} else if (strcmp(wanted, "never") == 0) {
		return 0;
	} else if (n > atoi(wanted)) {
		n = atoi(wanted);
	}
	return n >= 256 ? 256 : n >= 16 ? 16 : n >= 8 ? 8 : 0;
}

static void measure(struct term *t)
{
	struct winsize ws;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col && ws.ws_row) {
		t->w = ws.ws_col;
		t->h = ws.ws_row;
		if (ws.ws_xpixel && ws.ws_ypixel) {
			double aspect =
			    (double)ws.ws_ypixel / ws.ws_row / ((double)ws.ws_xpixel / ws.ws_col);

			if (aspect > 1 && aspect < 4)
				t->cell_aspect = aspect;
		}
	} else {
		t->w = COLS;
		t->h = LINES;
	}
	/* More cells than anybody has are a terminal that lies. */
	t->w = t->w > 1000 ? 1000 : t->w;
	t->h = t->h > 500 ? 500 : t->h;
}

static const struct {
	const char *bytes;
	int code;
} arrows[] = {
	{ "\033[A", KEY_UP },
	{ "\033[B", KEY_DOWN },
	{ "\033[C", KEY_RIGHT },
	{ "\033[D", KEY_LEFT },
	{ "\033OA", KEY_UP },
	{ "\033OB", KEY_DOWN },
	{ "\033OC", KEY_RIGHT },
	{ "\033OD", KEY_LEFT },
};

int term_open(struct term *t, const struct term_options *options, struct err *err)
{
	const char *name = getenv("TERM");
	struct term_private *p;

	*t = (struct term){ .rtt_ms = -1, .cell_aspect = 2 };
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(err, "the screen needs a terminal; without one there are odyssey "
				    "daemon, odyssey tail and odyssey ls");
	if (name && strcmp(name, "dumb") == 0)
		return err_set(err, "the terminal is called dumb (TERM): it cannot place text; use "
				    "another, or odyssey tail");
	if (tcgetattr(STDIN_FILENO, &saved.modes) == -1)
		return err_set(err, "the terminal does not answer: %s", strerror(errno));
	p = xcalloc(1, sizeof(*p));
	if (!getenv("ESCDELAY"))
		set_escdelay(25);
	if (term_known(name)) {
		p->screen = newterm(NULL, stdout, stdin);
	} else if (term_known("xterm-256color")) {
		p->screen = newterm("xterm-256color", stdout, stdin);
		snprintf(t->notice, sizeof(t->notice),
		    "this system knows no terminal \"%.40s\" (TERM); taken for xterm-256color",
		    name ? name : "");
	}
	if (!p->screen) {
		free(p);
		return err_set(err,
		    "this system knows neither the terminal \"%.60s\" (TERM) nor xterm-256color; "
		    "install ncurses-base",
		    name ? name : "");
	}
	saved.active = 1;
	catch_crashes();
	t->p = p;
	raw();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	typeahead(-1);
	leaveok(stdscr, FALSE);
	t->charset = choose_charset(options->charset);
	if (has_colors()) {
		start_color();
		use_default_colors();
	}
	t->colours = choose_colours(options->color);
	p->pair_max = COLOR_PAIRS < PAIRS_MAX ? COLOR_PAIRS : PAIRS_MAX;
	p->pair_count = 1;
	/* Arrows of terminals that know no application mode. */
	for (size_t i = 0; i < ARRAY_LEN(arrows); i++)
		define_key(arrows[i].bytes, arrows[i].code);
	define_key("\033[0n", CODE_REPLY);
	define_key("\033[200~", CODE_PASTE_BEGIN);
	define_key("\033[201~", CODE_PASTE_END);
	define_key("\033[<", CODE_MOUSE);
	if (write(STDOUT_FILENO, "\033[?2004h", 8) != 8)
		t->gone = true;
	measure(t);
	canvas_init(&p->shown, t->w, t->h);
	p->redraw = true;
	return 0;
}

void term_close(struct term *t)
{
	struct term_private *p = t->p;

	if (!p)
		return;
	if (!t->gone) {
		allow_end(true);
		term_mouse(t, false);
		endwin();
		/* A late answer must not land in the shell. */
		if (write(STDOUT_FILENO, "\033[?2004l", 8) == 8 && t->in_flight)
			usleep(20000);
		tcflush(STDIN_FILENO, TCIFLUSH);
		tcsetattr(STDIN_FILENO, TCSANOW, &saved.modes);
		allow_end(false);
	}
	saved.active = 0;
	mem_on_failure = NULL;
	delscreen(p->screen);
	canvas_free(&p->shown);
	free(p);
	t->p = NULL;
}

static const struct {
	int code;
	uint32_t key;
} codes[] = {
	{ KEY_UP, K_UP },
	{ KEY_DOWN, K_DOWN },
	{ KEY_LEFT, K_LEFT },
	{ KEY_RIGHT, K_RIGHT },
	{ KEY_SR, K_SHIFT_UP },
	{ KEY_SF, K_SHIFT_DOWN },
	{ KEY_SLEFT, K_SHIFT_LEFT },
	{ KEY_SRIGHT, K_SHIFT_RIGHT },
	{ KEY_HOME, K_HOME },
	{ KEY_END, K_END },
	{ KEY_PPAGE, K_PAGE_UP },
	{ KEY_NPAGE, K_PAGE_DOWN },
	{ KEY_DC, K_DELETE },
	{ KEY_BTAB, K_BACK_TAB },
	{ KEY_BACKSPACE, K_BACKSPACE },
	{ KEY_ENTER, K_ENTER },
	{ CODE_REPLY, K_REPLY },
	{ CODE_PASTE_BEGIN, K_PASTE_BEGIN },
	{ CODE_PASTE_END, K_PASTE_END },
};

static void answered(struct term *t, int64_t now_mono_ms)
{
	t->answers = true;
	t->never_answers = false;
	if (!t->in_flight)
		return;
	t->in_flight = false;
	t->rtt_ms = now_mono_ms - t->sent_mono_ms;
	t->frame_done = t->frames;
}

static bool hung_up(void)
{
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&fd, 1, 0) == 1 && (fd.revents & (POLLHUP | POLLERR | POLLNVAL));
}

uint32_t term_read(struct term *t, int64_t now_mono_ms)
{
	for (;;) {
		int code = getch();

		if (code == ERR) {
			if (hung_up())
				t->gone = true;
			return 0;
		}
		if (t->p->mouse_open && code < 256) {
			int done = mouse_feed(&t->p->mouse, (unsigned char)code, &t->mouse);

			t->p->mouse_open = done == 0;
			if (done == 1 && t->p->mouse_on)
				return K_MOUSE;
			continue;
		}
		if (code == CODE_MOUSE) {
			mouse_begin(&t->p->mouse);
			t->p->mouse_open = true;
			continue;
		}
		if (code < 256) {
			uint32_t ch = utf8_feed(&t->p->utf8, (unsigned char)code);

			if (ch == 8)
				ch = K_BACKSPACE;
			if (ch)
				return ch == '\n' ? K_ENTER : ch;
			continue;
		}
		/* The terminal's answer may come between the bytes of a character. */
		if (code != CODE_REPLY)
			t->p->utf8.more = 0;
		for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
			if (codes[i].code != code)
				continue;
			if (codes[i].key == K_REPLY)
				answered(t, now_mono_ms);
			return codes[i].key;
		}
	}
}

bool term_resized(struct term *t)
{
	int w = t->w, h = t->h;

	measure(t);
	if (t->w == w && t->h == h)
		return false;
	resizeterm(t->h, t->w);
	canvas_resize(&t->p->shown, t->w, t->h);
	t->p->redraw = true;
	return true;
}

bool term_stalled(const struct term *t, int64_t now_mono_ms)
{
	return t->answers && t->in_flight && now_mono_ms - t->sent_mono_ms >= STALL_MS;
}

bool term_may_draw(struct term *t, int64_t now_mono_ms, int *wait_ms)
{
	struct pollfd fd = { .fd = STDOUT_FILENO, .events = POLLOUT };
	int64_t since = now_mono_ms - t->sent_mono_ms;

	*wait_ms = 100;
	if (t->gone)
		return false;
	if (t->in_flight && since < STALL_MS) {
		*wait_ms = (int)(STALL_MS - since);
		return false;
	}
	if (t->never_answers && since < BLIND_PACE_MS) {
		*wait_ms = (int)(BLIND_PACE_MS - since);
		return false;
	}
	if (poll(&fd, 1, 0) != 1)
		return false;
	if (fd.revents & (POLLHUP | POLLERR | POLLNVAL)) {
		t->gone = true;
		return false;
	}
	if (t->in_flight) {
		t->in_flight = false;
		if (!t->answers) {
			t->never_answers = true;
			t->frame_done = t->frames;
		}
	}
	return true;
}

static int pair_of(struct term_private *p, int fg, int bg)
{
	if (fg == COLOUR_DEFAULT && bg == COLOUR_DEFAULT)
		return 0;
	for (int i = 1; i < p->pair_count; i++) {
		if (p->pairs[i].fg == fg && p->pairs[i].bg == bg)
			return i;
	}
	if (p->pair_count == p->pair_max) {
		/* Out of pairs: the nearest in sense is the same text without ground. */
		return bg == COLOUR_DEFAULT ? 0 : pair_of(p, fg, COLOUR_DEFAULT);
	}
	if (init_extended_pair(p->pair_count, fg, bg) == ERR)
		return 0;
	p->pairs[p->pair_count] = (struct pair){ fg, bg };
	return p->pair_count++;
}

static attr_t attr_of(unsigned look)
{
	return (look & LOOK_BOLD ? A_BOLD : 0) | (look & LOOK_DIM ? A_DIM : 0) |
	       (look & LOOK_ITALIC ? A_ITALIC : 0) | (look & LOOK_REVERSE ? A_REVERSE : 0) |
	       (look & LOOK_UNDERLINE ? A_UNDERLINE : 0);
}

static bool same_cell(const struct cell *a, const struct cell *b)
{
	return a->ch == b->ch && a->role == b->role && a->ground == b->ground &&
	       a->marks[0] == b->marks[0] && a->marks[1] == b->marks[1];
}

static void draw_cell(struct term *t, int x, int y, const struct cell *cell)
{
	struct look look = theme_look(t->theme, t->colours, cell->role, cell->ground);
	wchar_t text[2 + CELL_MARKS] = { (wchar_t)cell->ch };
	int pair = t->colours ? pair_of(t->p, look.fg, look.bg) : 0;
	cchar_t cc;

	for (int i = 0; i < CELL_MARKS; i++)
		text[1 + i] = (wchar_t)cell->marks[i];
	if (setcchar(&cc, text, attr_of(look.attr), 0, &pair) == OK)
		mvadd_wch(y, x, &cc);
	t->drawn_cells++;
}

void term_draw(
    struct term *t, const struct canvas *c, int cursor_x, int cursor_y, int64_t now_mono_ms)
{
	struct term_private *p = t->p;

	if (c->w != t->w || c->h != t->h)
		return;
	if (p->redraw) {
		clearok(curscr, TRUE);
		erase();
	}
	for (int y = 0; y < c->h; y++) {
		for (int x = 0; x < c->w; x++) {
			const struct cell *cell = &c->cells[y * c->w + x];
			struct cell *old = &p->shown.cells[y * c->w + x];

			if (!p->redraw && same_cell(cell, old))
				continue;
			*old = *cell;
			/* Half of a wide character is drawn with its first. */
			if (cell->ch)
				draw_cell(t, x, y, cell);
			else if (x > 0)
				draw_cell(t, x - 1, y, cell - 1);
		}
	}
	p->redraw = false;
	if (cursor_x >= 0 && cursor_x < c->w && cursor_y >= 0 && cursor_y < c->h) {
		curs_set(1);
		move(cursor_y, cursor_x);
	} else {
		curs_set(0);
	}
	allow_end(true);
	wnoutrefresh(stdscr);
	doupdate();
	t->frames++;
	t->sent_mono_ms = now_mono_ms;
	if (!t->never_answers) {
		t->in_flight = write(STDOUT_FILENO, "\033[5n", 4) == 4;
	} else {
		t->frame_done = t->frames;
	}
	allow_end(false);
}

void term_mouse(struct term *t, bool on)
{
	/* Buttons and wheel (1000) in the form that is text (1006); no motion. */
	const char *text = on ? "\033[?1000h\033[?1006h" : "\033[?1000l\033[?1006l";
	size_t n = strlen(text);

	if (t->p->mouse_on == on || t->gone)
		return;
	t->p->mouse_on = on;
	if (write(STDOUT_FILENO, text, n) != (ssize_t)n)
		t->gone = true;
}

void term_bell(void)
{
	beep();
}

void term_redraw(struct term *t)
{
	t->p->redraw = true;
}
