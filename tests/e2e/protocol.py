"""The wire protocol, version 1, read and checked strictly.

Written from odyssey-protocol(7) alone: nothing here comes from the programs or goes
through their codec. What a body of ours breaks is a Violation, whose text
names the rule.
"""
import math
import re

import msgpack

ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
BODY_MAX = 4 << 20
BACKFILL_MAX = 2000

U8, U16, U32, U64 = (0, 2**8 - 1), (0, 2**16 - 1), (0, 2**32 - 1), (0, 2**64 - 1)
I16, I32 = (-2**15, 2**15 - 1), (-2**31, 2**31 - 1)
CENTIDEGREES = (0, 35999)
LAT, LON = (-900000000, 900000000), (-1800000000, 1800000000)

# name, range of the integer on the wire, unit and scale in `hello`
FIELDS = [
    ("boot", U32, "s", 1), ("seq", U32, "", 1), ("time", U64, "s", 1e-3),
    ("lat", LAT, "deg", 1e-7), ("lon", LON, "deg", 1e-7),
    ("alt", I32, "m", 1e-2), ("height", I32, "m", 1e-2),
    ("speed", U16, "m/s", 1e-2), ("climb", I16, "m/s", 1e-2),
    ("course", CENTIDEGREES, "deg", 1e-2), ("heading", CENTIDEGREES, "deg", 1e-2),
    ("roll", I16, "deg", 1e-2), ("pitch", I16, "deg", 1e-2),
    ("battery", (0, 1000), "%", 1e-1), ("voltage", U16, "V", 1e-3), ("current", I32, "A", 1e-3),
    ("link", U8, "%", 1), ("sats", U8, "", 1), ("fix", U8, "", 1), ("hdop", U16, "", 1e-2),
    ("mode", U8, "", 1), ("flags", U16, "", 1), ("waypoint", U16, "", 1), ("waypoints", U16, "", 1),
    ("home_lat", LAT, "deg", 1e-7), ("home_lon", LON, "deg", 1e-7),
    ("airspeed", U16, "m/s", 1e-2), ("wind", U16, "m/s", 1e-2),
    ("wind_from", CENTIDEGREES, "deg", 1e-2), ("used", U32, "mAh", 1),
]
NAMES = [f[0] for f in FIELDS]
MODES = ["unknown", "manual", "stabilized", "takeoff", "hold", "goto", "mission", "rtl", "land",
         "emergency", "idle"]
FIXES = {0, 2, 3, 4, 5, 6}
ARMED, IN_AIR, FAILSAFE, POSITION, HOME, CHARGING, VIDEO, PAYLOAD = (1 << n for n in range(8))

KINDS = {"sim", "bridge", "replay", "daemon"}
STAGES = ["sent", "accepted", "rejected", "active", "done", "failed", "timeout"]
# What may follow a stage of the same command. A daemon's timeout is overridden later.
AFTER = {
    None: {"sent", "accepted", "rejected", "timeout"},
    "sent": {"accepted", "rejected", "timeout", "active", "done", "failed"},
    "accepted": {"active", "done", "failed"},
    "active": {"done", "failed"},
    "timeout": {"accepted", "rejected", "active", "done", "failed"},
    "rejected": set(), "done": set(), "failed": set(),
}
CODES = {"bad-request", "bad-version", "unknown-op", "unknown-drone", "unknown-command", "bad-args",
         "forbidden", "expired", "unavailable", "timeout", "rejected"}
# name, dangerous, [(argument, type, required)]
COMMANDS = [
    ("arm", "yes", []),
    ("disarm", "air", [("force", False)]),
    ("takeoff", "yes", [("height", True)]),
    ("goto", "no", [("lat", True), ("lon", True), ("height", False), ("speed", False)]),
    ("mission", "ground", [("items", True), ("start", False)]),
    ("start", "ground", []), ("hold", "no", []), ("resume", "no", []), ("rtl", "no", []),
    ("land", "no", []), ("speed", "no", [("speed", True)]),
    ("home", "yes", [("lat", True), ("lon", True), ("alt", False)]),
    ("video", "no", [("on", True), ("fps", False)]),
    ("kill", "yes", []),
]


class Violation(AssertionError):
    """Something on the wire that odyssey-protocol(7) does not allow."""


def need(condition, text, *what):
    if not condition:
        raise Violation(text % what if what else text)


def pack(value):
    return msgpack.packb(value, use_bin_type=True)


def unpack(body):
    """A body of ours: well-formed, integers in their shortest form, numbers finite."""
    need(len(body) <= BODY_MAX, "a body of %d bytes is over 4 MiB", len(body))
    try:
        value = msgpack.unpackb(body, raw=False, strict_map_key=False)
    except Exception as why:
        raise Violation("no MessagePack: %s: %r" % (why, bytes(body[:60]))) from why
    need(pack(value) == body, "not in the shortest form: %r", value)
    check_finite(value)
    need(depth(value) <= 8, "nested deeper than 8")
    return value


def depth(value):
    if isinstance(value, dict):
        return 1 + max([depth(v) for v in value.values()], default=0)
    if isinstance(value, list):
        return 1 + max([depth(v) for v in value], default=0)
    return 0


def check_finite(value):
    if isinstance(value, float):
        need(math.isfinite(value), "a number that is not finite")
    elif isinstance(value, list):
        for v in value:
            check_finite(v)
    elif isinstance(value, dict):
        for v in value.values():
            check_finite(v)


def is_int(v):
    return isinstance(v, int) and not isinstance(v, bool)


def is_number(v):
    return is_int(v) or isinstance(v, float)


def is_id(v):
    return isinstance(v, str) and ID.fullmatch(v) is not None


def is_time(v):
    return is_int(v) and 0 <= v < 2**63


# --- the feed ---

def split_topic(topic):
    """(two letters, id) of a topic of ours."""
    need(re.fullmatch(rb"[a-z]{2}\.[A-Za-z0-9_-]{0,32}", topic), "topic %r", topic)
    kind, _, name = topic.decode().partition(".")
    need(kind in BODIES or kind in ("tm", "vd"), "topic %r is none of the protocol's", topic)
    need(name or kind in ("ev", "al"), "topic %r lacks its id", topic)
    return kind, name


class Sample(dict):
    """By field name; what is not known is not there."""
    __getattr__ = dict.get


def check_sample(value):
    need(isinstance(value, list), "a sample is an array: %r", value)
    need(3 <= len(value) <= len(FIELDS), "a sample of %d elements", len(value))
    s = Sample()
    for v, (name, (low, high), _, _) in zip(value, FIELDS):
        if v is None:
            continue
        need(is_int(v), "%s is no integer: %r", name, v)
        need(low <= v <= high, "%s: %d is not within %d to %d", name, v, low, high)
        s[name] = v
    for name in NAMES[:3]:
        need(name in s, "%s is nil", name)
    need(s.get("mode", 0) < len(MODES), "mode %r", s.get("mode"))
    need(s.get("fix", 0) in FIXES, "fix %r", s.get("fix"))
    need(s.get("link", 0) <= 100, "link %r %%", s.get("link"))
    need(("lat" in s) == ("lon" in s), "lat without lon, or lon without lat")
    if s.get("flags", 0) & POSITION:
        need("lat" in s, "flagged position valid, without a position")
    return s


def text(v):
    return isinstance(v, str)


def word(*words):
    return lambda v: v in words


def none_or(test):
    return lambda v: v is None or test(v)


def within(low, high):
    return lambda v: is_int(v) and low <= v <= high


# key: (test, must the key be there)
BODIES = {
    "hb": {"v": (word(1), True), "source": (is_id, True), "kind": (word(*KINDS), True),
           "boot": (within(*U32), True), "time": (is_time, True),
           "drones": (within(*U32), True), "sent": (within(*U64), True)},
    "ev": {"drone": (none_or(is_id), True), "source": (none_or(is_id), True), "time": (is_time, True),
           "severity": (within(0, 7), True), "text": (text, True)},
    "cm": {"id": (lambda v: text(v) and v, True), "drone": (is_id, True), "cmd": (text, True),
           "by": (none_or(text), True), "stage": (word(*STAGES), True), "code": (word(*CODES), False),
           "time": (is_time, True), "text": (none_or(text), True), "over": (text, False),
           "reason": (text, False)},
    "pl": {"drone": (is_id, True), "rev": (within(*U64), True), "time": (is_time, True)},
    "al": {"id": (text, True), "rule": (text, True), "drone": (none_or(is_id), True),
           "level": (word("watch", "warning", "critical"), True),
           "state": (word("raised", "acked", "returned", "cleared", "shelved", "out-of-service"), True),
           "time": (is_time, True), "since": (none_or(is_time), True),
           "value": (none_or(is_number), True), "limit": (none_or(is_number), True),
           "text": (none_or(text), True), "by": (none_or(text), True), "until": (is_time, False),
           "why": (text, False), "count": (within(*U32), False), "source": (is_id, False)},
    "or": {"id": (is_id, True),
           "state": (word("pending", "assigned", "pickup", "delivering", "delivered", "returning",
                          "done", "failed", "cancelled"), True),
           "drone": (none_or(is_id), True), "depot": (none_or(text), True),
           "lat": (none_or(is_number), True), "lon": (none_or(is_number), True),
           "weight_kg": (none_or(is_number), True), "time": (is_time, True),
           "eta": (none_or(is_time), True), "text": (none_or(text), True)},
}


def check_map(value, keys, what):
    need(isinstance(value, dict), "%s is a map: %r", what, value)
    for key, (test, required) in keys.items():
        need(key in value or not required, "%s lacks %s: %r", what, key, value)
        if key in value:
            need(test(value[key]), "%s: %s is %r", what, key, value[key])
    return value


def check_video(value):
    need(isinstance(value, list) and len(value) == 7, "a video frame: %r", value)
    boot, seq, time, width, height, kind, picture = value
    need(within(*U32)(boot) and within(*U32)(seq) and is_time(time), "video: boot, seq, time")
    need(is_int(width) and width > 0 and is_int(height) and height > 0, "video: size")
    need(kind == "jpeg" and isinstance(picture, bytes), "video: picture")
    need(picture[:2] == b"\xff\xd8", "video: no JPEG")
    return value


def check_message(topic, body):
    """(two letters, id, value) of a feed message of ours."""
    kind, name = split_topic(topic)
    value = unpack(body)
    if kind == "tm":
        return kind, name, check_sample(value)
    if kind == "vd":
        return kind, name, check_video(value)
    check_map(value, BODIES[kind], topic.decode())
    about = value["source" if kind == "hb" else "id" if kind == "or" else "drone"]
    need((about or "") == name, "topic %r, but the body is about %r", topic, about)
    if kind == "cm":
        need((value["stage"] == "rejected") == ("code" in value) or value["stage"] == "timeout",
             "cm: a code belongs to a refusal: %r", value)
    return kind, name, value


class FeedRules:
    """What must hold from one message of a feed to the next."""

    def __init__(self, holes=False, duplicates=False):
        self.holes, self.duplicates = holes, duplicates
        self.last = {}      # drone: last sample
        self.heartbeat = None
        self.since = 0      # messages after the last heartbeat, that included
        self.stage = {}     # command: last stage

    def check(self, kind, name, value):
        if kind == "tm":
            self.sample(name, value)
        elif kind == "cm":
            self.progress(value)
        elif kind == "hb":
            self.beat(value)
            return
        self.since += 1

    def sample(self, drone, s):
        last = self.last.get(drone)
        if last and s.boot == last.boot and self.duplicates and s.seq <= last.seq:
            return
        if last and s.boot == last.boot:
            need(s.time > last.time, "%s: time does not increase, %d after %d", drone, s.time,
                 last.time)
            need(s.seq > last.seq, "%s: seq %d after %d", drone, s.seq, last.seq)
            need(self.holes or s.seq == last.seq + 1, "%s: hole, seq %d after %d", drone, s.seq,
                 last.seq)
        elif last:
            need(s.boot > last.boot, "%s: boot %d after %d", drone, s.boot, last.boot)
            need(self.holes or s.seq == 0, "%s: a boot begins with seq %d", drone, s.seq)
        self.last[drone] = s

    def progress(self, cm):
        last = self.stage.get(cm["id"])
        need(cm["stage"] in AFTER[last], "command %s: %s after %s", cm["id"], cm["stage"], last)
        self.stage[cm["id"]] = cm["stage"]

    def beat(self, hb):
        last = self.heartbeat
        if last and last["boot"] == hb["boot"]:
            need(hb["time"] > last["time"], "heartbeat: time %d after %d", hb["time"], last["time"])
            if not self.holes:
                need(hb["sent"] - last["sent"] == self.since,
                     "heartbeat: sent went from %d to %d, and %d messages came", last["sent"],
                     hb["sent"], self.since)
        self.heartbeat, self.since = hb, 1


# --- the control socket ---

def check_reply(body, op=None):
    value = unpack(body)
    need(isinstance(value, dict), "a reply is a map: %r", value)
    need(value.get("v") == 1, "reply: v is %r", value.get("v"))
    need(isinstance(value.get("ok"), bool), "reply: ok is %r", value.get("ok"))
    if not value["ok"]:
        need(value.get("code") in CODES, "reply: code %r", value.get("code"))
        need(text(value.get("text")) and len(value["text"]) > 3, "reply: text %r", value.get("text"))
        return value
    if op in REPLIES:
        REPLIES[op](value)
    return value


def check_hello(r):
    check_map(r, {"source": (is_id, True), "kind": (word(*KINDS), True), "version": (text, True),
                  "boot": (within(*U32), True), "time": (is_time, True)}, "hello")
    need(len(r["fields"]) == len(FIELDS), "hello: %d fields", len(r["fields"]))
    for got, (name, _, unit, scale) in zip(r["fields"], FIELDS):
        need(got[0] == name and got[1] == unit, "hello: field %r, not %r", got, (name, unit))
        need(is_number(got[2]) and abs(got[2] / scale - 1) < 1e-9, "hello: scale of %r", got)
    need(len(r["commands"]) == len(COMMANDS), "hello: %d commands", len(r["commands"]))
    for got, (name, dangerous, args) in zip(r["commands"], COMMANDS):
        need(got[0] == name and got[1] == dangerous, "hello: command %r", got)
        need([(a[0], a[3]) for a in got[2]] == args, "hello: arguments of %r", got)
        need(all(text(a[1]) and text(a[2]) for a in got[2]), "hello: arguments of %r", got)


def check_roster(r):
    need(isinstance(r.get("drones"), list), "roster: no drones")
    ids = [d.get("id") for d in r["drones"]]
    need(ids == sorted(set(ids)), "roster is not by id: %r", ids)
    for d in r["drones"]:
        check_map(d, {"id": (is_id, True), "model": (none_or(text), True), "source": (is_id, True),
                      "kind": (none_or(word(*KINDS)), True), "home": (lambda v: True, True),
                      "tm": (none_or(lambda v: isinstance(v, list)), True)}, "roster")
        home = d["home"]
        need(home is None or (isinstance(home, list) and len(home) == 3 and
                              all(h is None or is_number(h) for h in home)), "roster: home %r", home)
        if d["tm"] is not None:
            check_sample(d["tm"])


def check_sources(r):
    for s in r["sources"]:
        check_map(s, {"source": (none_or(is_id), True), "kind": (none_or(text), True),
                      "feed": (text, True), "state": (word("up", "lost", "never"), True),
                      "drones": (none_or(within(*U32)), True), "time": (none_or(is_time), True),
                      "sent": (none_or(within(*U64)), True),
                      "received": (none_or(within(*U64)), True)}, "sources")


def check_commands(r):
    times = []
    for cm in r["commands"]:
        check_map(cm, BODIES["cm"], "commands")
        times.append(cm["time"])
    need(times == sorted(times), "commands are not oldest first: %r", times)


def check_point(p, n=2):
    need(isinstance(p, list) and len(p) == n and all(is_number(v) for v in p), "point %r", p)
    need(abs(p[0]) <= 90 and abs(p[1]) <= 180, "point %r", p)


def check_plan(r):
    need(within(*U64)(r.get("rev")), "plan: rev %r", r.get("rev"))
    for item in r["mission"]:
        check_map(item, {"lat": (is_number, True), "lon": (is_number, True),
                         "height": (is_number, True), "speed": (none_or(is_number), False),
                         "hold": (none_or(is_number), False)}, "mission item")
    for fence in r["fence"]:
        need(fence.get("kind") in ("in", "out"), "fence %r", fence)
        if "points" in fence:
            for p in fence["points"]:
                check_point(p)
        else:
            check_point(fence["center"])
            need(is_number(fence["radius"]), "fence %r", fence)
    for p in r["rally"]:
        check_point(p, 3)


def check_backfill(r):
    need(isinstance(r.get("samples"), list) and len(r["samples"]) <= BACKFILL_MAX,
         "backfill: samples")
    need(isinstance(r.get("more"), bool), "backfill: more %r", r.get("more"))
    seqs = [check_sample(s).seq for s in r["samples"]]
    need(seqs == sorted(set(seqs)), "backfill: not ascending: %r", seqs)
    for h in r["held"]:
        need(len(h) == 3 and all(within(*U32)(n) for n in h) and h[1] <= h[2], "held %r", h)
    for pair in r["lost"]:
        need(len(pair) == 2 and all(within(*U32)(n) for n in pair) and pair[0] <= pair[1],
             "lost %r", pair)


def check_zones(r):
    need(text(r.get("revision")) and within(*U32)(r.get("count")) and isinstance(r.get("more"), bool), "zones: %r", r)
    for z in r["zones"]:
        check_map(z, {"section": (is_id, True), "name": (text, True), "drones": (text, False),
                      "kind": (word("in", "out", "ceiling", "info"), True),
                      "floor": (is_height, False), "ceiling": (is_height, False),
                      "times": (lambda v: isinstance(v, list) and all(is_span(t) for t in v), False),
                      "rings": (lambda v: isinstance(v, list), True)}, "zones")
        for ring in z["rings"]:
            need(len(ring) >= 3, "zones: a ring of %d points", len(ring))
            # Where a zone crosses the 180th meridian its longitudes go on.
            for p in ring:
                need(len(p) == 2 and all(is_number(v) for v in p) and abs(p[0]) <= 90 and abs(p[1]) <= 720, "%r", p)


def is_height(v):
    return isinstance(v, list) and len(v) == 2 and is_number(v[0]) and v[1] in ("AGL", "home", "AMSL", "FL")


def is_span(v):
    return (isinstance(v, list) and len(v) == 5 and all(t is None or isinstance(t, int) for t in v[:2]) and
            0 <= v[2] <= 127 and all(0 <= s <= 86400 for s in v[3:]))


def check_events(r):
    need(within(*U64)(r.get("before")) and isinstance(r.get("more"), bool), "events: %r", r)
    need(len(r["events"]) <= 500, "events: %d", len(r["events"]))
    for ev in r["events"]:
        check_map(ev, BODIES["ev"], "events")


REPLIES = {"hello": check_hello, "roster": check_roster, "sources": check_sources,
           "commands": check_commands, "plan": check_plan, "backfill": check_backfill, "zones": check_zones, "events": check_events,
           "command": lambda r: need(r.get("stage") == "accepted", "command: stage %r", r.get("stage"))}
