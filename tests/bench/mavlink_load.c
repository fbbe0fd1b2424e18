/* Synthetic MAVLink vehicles: N of them send telemetry to a UDP port at HZ, each
 * from a port of its own, as radios over IP do. Prints how much was sent.
 *	mavlink_load PORT VEHICLES HZ SECONDS */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "bridge/frame.h"

struct load {
	int fd;
	struct frame_writer w;
};

static uint64_t sent;

static void put(struct load *l, uint32_t id, const void *m)
{
	uint8_t bytes[FRAME_MAX];
	size_t len = frame_write(&l->w, id, m, false, bytes);

	sent += send(l->fd, bytes, len, 0) == (ssize_t)len;
}

static void tick(struct load *l, int n, int hz, uint32_t ms)
{
	struct mav_global_position_int p = { .time_boot_ms = ms, .lat = 471000000 + n * 100 + l->w.sys * 10000,
		.lon = 95000000, .alt = 500000, .relative_alt = 50000, .vx = 300, .hdg = 9000 };
	struct mav_attitude a = { .time_boot_ms = ms, .roll = 0.1f, .yaw = 1.5f };

	put(l, MAV_GLOBAL_POSITION_INT, &p);
	put(l, MAV_ATTITUDE, &a);
	if (n % 3 == 0) {
		put(l, MAV_VFR_HUD, &(struct mav_vfr_hud){ .airspeed = 5, .groundspeed = 3, .heading = 90 });
		put(l, MAV_EXTENDED_SYS_STATE, &(struct mav_extended_sys_state){ .landed_state = 2 });
	}
	if (n % 5 == 0) {
		put(l, MAV_GPS_RAW_INT, &(struct mav_gps_raw_int){ .fix_type = 3, .satellites_visible = 12,
			.eph = 80 });
		put(l, MAV_SYS_STATUS, &(struct mav_sys_status){ .voltage_battery = 15000,
			.current_battery = 1000, .battery_remaining = 80 });
		put(l, MAV_MISSION_CURRENT, &(struct mav_mission_current){ .seq = 2, .total = 5 });
	}
	if (n % hz == 0) {
		put(l, MAV_HEARTBEAT, &(struct mav_heartbeat){ .custom_mode = 4, .type = 2, .autopilot = 3,
			.base_mode = 0x81, .system_status = 4, .mavlink_version = 3 });
		put(l, MAV_BATTERY_STATUS, &(struct mav_battery_status){ .voltages = { 15000, 65535 },
			.current_battery = 1000, .battery_remaining = 80, .current_consumed = 100 });
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	static struct load loads[250];
	int vehicles, hz, seconds;
	int64_t start;

	if (argc != 5) {
		fprintf(stderr, "usage: mavlink_load PORT VEHICLES HZ SECONDS\n");
		return 2;
	}
	to.sin_port = htons((uint16_t)atoi(argv[1]));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	vehicles = atoi(argv[2]) > 250 ? 250 : atoi(argv[2]);
	hz = atoi(argv[3]);
	seconds = atoi(argv[4]);
	for (int i = 0; i < vehicles; i++) {
		loads[i].w = (struct frame_writer){ .sys = (uint8_t)(i + 1), .comp = 1, .version = 2 };
		loads[i].fd = socket(AF_INET, SOCK_DGRAM, 0);
		if (loads[i].fd == -1 || connect(loads[i].fd, (struct sockaddr *)&to, sizeof(to)) == -1) {
			perror("mavlink_load");
			return 1;
		}
	}
	/* Each vehicle's instants lie evenly within the period. */
	start = clock_mono_us();
	for (int n = 0; n < hz * seconds; n++) {
		for (int i = 0; i < vehicles; i++) {
			int64_t due = start + n * 1000000LL / hz + i * 1000000LL / hz / vehicles;
			int64_t left = due - clock_mono_us();

			if (left > 50)
				usleep((useconds_t)left);
			tick(&loads[i], n, hz, (uint32_t)(1000 + n * 1000 / hz));
		}
	}
	printf("%llu frames sent in %.1f s\n", (unsigned long long)sent,
	    (double)(clock_mono_us() - start) / 1e6);
	return 0;
}
