"""A terminal's cells as SVG: one picture, or several that follow each other.

Every cell stands on an exact grid. Braille, blocks and lines are drawn as
shapes, so that a picture looks the same with any fonts; other characters are
text, stretched to the cells they take. What is alike from one frame to the
next is stored once.
"""
import contextlib
from xml.sax.saxutils import escape

CW, CH, FS, PAD = 10, 20, 16.6, 8  # a cell in pixels, the font, the margin
BACKGROUND, FOREGROUND = "0d1117", "d0d4da"
NAMED = {"black": "1c2128", "red": "e5534b", "green": "57ab5a", "brown": "c69026", "blue": "539bf5",
         "magenta": "b083f0", "cyan": "39c5cf", "white": "cdd3da"}
PAPER = ("fbfbf8", "24292f")
LIGHT = 1.4  # width of a line
# Sides of box-drawing characters: left, right, up, down; 1 light, 2 heavy.
BOX = {"─": "1100", "━": "2200", "│": "0011", "┃": "0022", "┌": "0101", "┐": "1001", "└": "0110",
       "┘": "1010", "├": "0111", "┤": "1011", "┬": "1101", "┴": "1110", "┼": "1111"}
BRAILLE = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))


@contextlib.contextmanager
def on_paper():
    """What is made meanwhile is of a terminal with light ground."""
    global BACKGROUND, FOREGROUND
    dark = BACKGROUND, FOREGROUND
    BACKGROUND, FOREGROUND = PAPER
    try:
        yield
    finally:
        BACKGROUND, FOREGROUND = dark


def colour(name, default):
    if name == "default":
        return default
    if name.startswith("bright"):
        name = name[6:]
    return NAMED.get(name, name)


def style(char):
    """Foreground, ground (None: the picture's own), bold, italic, underlined."""
    fg, bg = colour(char.fg, FOREGROUND), colour(char.bg, BACKGROUND)
    if char.reverse:
        fg, bg = bg, fg
    return fg, None if bg == BACKGROUND else bg, char.bold, char.italics, char.underscore


def shape(ch, x):
    """Path of what is drawn and not written, filled; None for text."""
    code = ord(ch)
    if 0x2800 <= code <= 0x28FF:
        return "".join(f"M{x + 1 + 5 * dx} {1 + 5 * dy}h3v3h-3z"
                       for i, (dx, dy) in enumerate(BRAILLE) if code - 0x2800 >> i & 1)
    if 0x2581 <= code <= 0x2588:
        high = CH * (code - 0x2580) / 8
        return f"M{x} {CH - high:g}h{CW}v{high:g}h-{CW}z"
    if 0x2589 <= code <= 0x258F:
        return f"M{x} 0h{CW * (0x2590 - code) / 8:g}v{CH}H{x}z"
    if ch == "▀":
        return f"M{x} 0h{CW}v{CH // 2}h-{CW}z"
    if ch in BOX:
        left, right, up, down = (int(v) for v in BOX[ch])
        mx, my, d = x + CW / 2, CH / 2, ""
        if left or right:
            t = 1.5 * max(left, right) if max(left, right) > 1 else LIGHT
            a, b = (x if left else mx - t / 2), (x + CW if right else mx + t / 2)
            d += f"M{a:g} {my - t / 2:g}h{b - a:g}v{t:g}h{a - b:g}z"
        if up or down:
            t = 1.5 * max(up, down) if max(up, down) > 1 else LIGHT
            a, b = (0 if up else my), (CH if down else my)
            d += f"M{mx - t / 2:g} {a:g}h{t:g}v{b - a:g}h{-t:g}z"
        return d
    return None


def row(chars, wide):
    """One line of cells, at the origin. chars: pyte's cells."""
    grounds, shapes, texts, out = [], {}, [], []
    for column in range(wide):
        char = chars[column]
        ch = char.data or " "
        fg, bg, bold, italic, under = style(char)
        x = column * CW
        if bg:
            if grounds and grounds[-1][2] == bg and grounds[-1][0] + grounds[-1][1] == x:
                grounds[-1][1] += CW
            else:
                grounds.append([x, CW, bg])
        if under:
            shapes[fg] = shapes.get(fg, "") + f"M{x} 17h{CW}v1h-{CW}z"
        path = shape(ch[0], x)
        if path is not None:
            shapes[fg] = shapes.get(fg, "") + path
            continue
        if ch == " ":
            continue
        look = (fg, bold, italic)
        if texts and texts[-1][1] == look and texts[-1][0] + CW * texts[-1][3] == x:
            texts[-1][2] += ch
            texts[-1][3] += 1
        else:
            texts.append([x, look, ch, 1])
    for x, width, bg in grounds:
        out.append(f'<path d="M{x} 0h{width}v{CH}H{x}z" fill="#{bg}"/>')
    for fg, path in shapes.items():
        out.append(f'<path d="{path}" fill="#{fg}"/>')
    for x, (fg, bold, italic), text, cells in texts:
        more = (' font-weight="bold"' if bold else "") + (' font-style="italic"' if italic else "")
        stretch = f' textLength="{cells * CW}"' if cells > 1 else ""
        out.append(f'<text x="{x}" y="15"{stretch} fill="#{fg}"{more}>{escape(text)}</text>')
    return "".join(out)


def rows_of(screen):
    """The cells of a pyte screen as rows of SVG."""
    return [row(screen.buffer[y], screen.columns) for y in range(screen.lines)]


def head(cols, rows, more=""):
    w, h = cols * CW + 2 * PAD, rows * CH + 2 * PAD
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" '
            'shape-rendering="crispEdges" xml:space="preserve" '
            f'font-family="DejaVu Sans Mono,Menlo,Consolas,monospace" font-size="{FS}">{more}'
            f'<rect width="{w}" height="{h}" fill="#{BACKGROUND}"/>')


def picture(rows, cols):
    body = "".join(f'<g transform="translate({PAD} {PAD + y * CH})">{r}</g>'
                   for y, r in enumerate(rows) if r)
    return head(cols, len(rows)) + body + "</svg>\n"


def film(frames, cols, seconds):
    """Frames (lists of rows) shown for `seconds` each, over and over. The first is
    what is seen where nothing moves."""
    lines = len(frames[0])
    stored, defs, shown = {}, [], []
    for rows in frames:
        uses = []
        for y, r in enumerate(rows):
            if not r:
                continue
            if r not in stored:
                stored[r] = f"r{len(stored)}"
                defs.append(f'<g id="{stored[r]}">{r}</g>')
            uses.append(f'<use href="#{stored[r]}" x="{PAD}" y="{PAD + y * CH}"/>')
        shown.append("".join(uses))
    whole, w, h = len(frames) * seconds, cols * CW + 2 * PAD, lines * CH + 2 * PAD
    css = (f".f{{visibility:hidden;animation:k {whole:g}s step-end infinite}}"
           f"@keyframes k{{0%{{visibility:visible}}{100 / len(frames):.4f}%{{visibility:hidden}}}}")
    out = [head(cols, lines, f"<style>{css}</style><defs>{''.join(defs)}</defs>"), shown[0]]
    for i, uses in enumerate(shown):
        out.append(f'<g class="f" style="animation-delay:{i * seconds:g}s">'
                   f'<rect width="{w}" height="{h}" fill="#{BACKGROUND}"/>{uses}</g>')
    return "".join(out) + "</svg>\n"
