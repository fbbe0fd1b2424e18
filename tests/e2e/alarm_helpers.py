"""What the tests of alarms share: a source whose drones fly as told, and what was told of them."""
import protocol
from wire import wait_for

AIR = protocol.ARMED | protocol.IN_AIR | protocol.POSITION | protocol.HOME
HOME = {"home_lat": 471400000, "home_lon": 95200000}


def no_plan(request):
    """A drone without mission and fence: nothing to breach."""
    if request["op"] == "plan":
        return [(0, {"v": 1, "ok": True, "rev": 1, "mission": [], "fence": [], "rally": []})]
    return None


def flying(src, drone=None, **fields):
    """One sample of a drone that hovers; those of a source stand 2 km apart."""
    drone = drone or src.drones[0]
    lat = 471400000 + 200000 * src.drones.index(drone)
    keys = {"flags": AIR, "mode": 4, "speed": 0, **HOME, "lat": lat, "home_lat": lat}
    keys.update(fields)
    src.sample(drone, **keys)


def low(src, drone=None, n=4, **fields):
    """Enough of them for the rule battery-low, and no more."""
    for _ in range(n):
        flying(src, drone, battery=142, **fields)


def told(w, rule=None, drone=None):
    """What the feed said of a rule: [(state, by)]."""
    return [(m.value["state"], m.value["by"]) for m in w.of("al")
            if rule in (None, m.value["rule"]) and drone in (None, m.value["drone"])]


def wait_told(w, states, rule="battery-low", drone=None):
    wait_for(lambda: [s for s, _ in told(w, rule, drone)] == states,
             "%s of %s, got %s" % (states, rule, told(w, rule, drone)))
    return [m.value for m in w.of("al") if m.value["rule"] == rule and drone in (None, m.value["drone"])]


def standing(d, **keys):
    return [a for a in d.ask("alarms", **keys)["alarms"] if a["state"] != "cleared"]


def config(place, text, name="odyssey.conf"):
    path = "%s/%s" % (place, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path
