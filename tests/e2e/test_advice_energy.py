"""What is said about the charge before a drone is sent away: by what it was seen to use and to
fly, never by one sample alone."""
import protocol
from programs import ODYSSEY, run
from wire import Control, wait_for

FLYING = protocol.POSITION | protocol.HOME | protocol.ARMED | protocol.IN_AIR
HOME = {"home_lat": 471400000, "home_lon": 95200000}
NEAR, FAR = ("47.1410", "9.52"), ("47.19", "9.52")  # 110 m and 5.6 km


def fly(src, seconds, **last):
    """So long at 10 m/s, the charge falling by a tenth of a percent a second; then the last sample."""
    start = src.now() - 1000 * seconds
    for t in range(seconds):
        src.sample(time=start + 1000 * t, battery=500 - t, speed=1000, airspeed=1000, flags=FLYING,
                   used=1 + t, current=40000, **HOME, **(last if t == seconds - 1 else {}))


def goto(src, place, where, name="D01"):
    code, _, err = run([ODYSSEY, "send", "--connect", "%s,%s" % (src.feed, src.control), name, "goto",
                        *where, "60"], place)
    return code, [l for l in err.splitlines() if "charge" in l]


def test_far_and_near(fake, place):
    src = fake(drones=["D01"])
    fly(src, 120)
    code, said = goto(src, place, FAR)
    # 556 s there and back each at 0.1 % a second, and half a minute down.
    assert code == 2 and len(said) == 1 and "D01: critical: there and home takes 11" in said[0], said
    assert goto(src, place, NEAR)[1] == []


def test_one_that_hovers_in_the_wind_is_judged_by_how_it_travels(fake, place):
    src = fake(drones=["D01"])
    fly(src, 120)
    src.sample(battery=380, speed=5, airspeed=340, wind=350, wind_from=0, flags=FLYING, **HOME)
    assert goto(src, place, NEAR)[1] == []
    assert len(goto(src, place, FAR)[1]) == 1


def test_nothing_is_made_of_a_few_samples(fake, place):
    src = fake(drones=["D01"])
    fly(src, 8)
    assert goto(src, place, FAR)[1] == []


def test_goto_right_after_take_off_is_not_warned_against(sim, place):
    """As the first tour has it: hold what flies, then send it a little way."""
    served = sim("--drones", "6", "--seed", "3")

    def in_air():
        with Control(served.control) as c:
            return [d["id"] for d in c.ask("roster")["drones"]
                    if d["tm"] and d["tm"][protocol.NAMES.index("flags")] & protocol.IN_AIR]
    name = wait_for(in_air, "one in the air", 60)[0]
    where = ["send", "--connect", "%s,%s" % (served.feed, served.control), name]
    assert run([ODYSSEY, *where, "hold", "--wait"], place)[0] == 0
    code, out, err = run([ODYSSEY, *where, "goto", "47.1418", "9.5212", "60"], place)
    assert (code, err) == (0, ""), out
