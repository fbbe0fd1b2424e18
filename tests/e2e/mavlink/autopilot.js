// A vehicle that speaks MAVLink by node-mavlink, an implementation of its own,
// and behaves as ArduPilot or PX4 do where they differ. Started as
//   node autopilot.js '{"dialect":"ardupilot","sys":1,"host":"127.0.0.1","port":14550}'
// Takes changes as JSON lines on stdin (see `settings`) and says what it
// received as JSON lines on stdout.
'use strict'
const dgram = require('dgram')
const path = require('path')
const modules = process.env.NODE_MAVLINK || path.join(__dirname, 'node_modules')
const mav = require(path.join(modules, 'node-mavlink'))
const { minimal, common, ardupilotmega } = mav

const REGISTRY = { ...minimal.REGISTRY, ...common.REGISTRY, ...ardupilotmega.REGISTRY }
const settings = {
  dialect: 'ardupilot', sys: 1, host: '127.0.0.1', port: 14550, version: 2,
  lat: 47.1, lon: 9.5, ground: 450,
  rates: false,       // PX4 streams unasked; ArduPilot only when asked
  loss: 0,            // share of frames lost either way
  refuse: {},         // MAV_CMD: [result, text before it]
  mute: [],           // MAV_CMDs that get no ACK and have no effect
  lostAck: [],        // MAV_CMDs that are carried out without an ACK
  lie: [],            // MAV_CMDs acknowledged with 0 and not carried out
  progress: [],       // MAV_CMDs that answer IN_PROGRESS first
  refuseMission: null, // MAV_MISSION_RESULT
  ackDelay: {},       // MAV_CMD: ms between what it does and its ACK
  passengers: [],     // {comp, type, autopilot}: others of its system, heard even when it is silent
  silent: false, stopStreams: false, speedup: 1, key: null, bootMs: Date.now(),
  ...JSON.parse(process.argv[2] || '{}'),
}
const px4 = settings.dialect === 'px4'
const PX4 = (main, sub) => (main << 16 | sub << 24) >>> 0
const FAMILY = { 1: 'plane', 10: 'rover' }[settings.type]
const MODES = FAMILY === 'plane' ? { idle: 0, guided: 15, hold: 12, mission: 10, rtl: 11, takeoff: 13 }
  : FAMILY === 'rover' ? { idle: 0, guided: 15, hold: 4, mission: 10, rtl: 11 }
  : px4
  ? { idle: PX4(4, 3), hold: PX4(4, 3), mission: PX4(4, 4), rtl: PX4(4, 5), land: PX4(4, 6), takeoff: PX4(4, 2) }
  : { idle: 0, guided: 4, hold: 17, mission: 3, rtl: 6, land: 9 }
const state = {
  mode: MODES.idle, armed: false, lat: settings.lat, lon: settings.lon, h: 0, vx: 0, vy: 0, vz: 0,
  target: null, speed: 8, items: [], fence: settings.fence || [], rally: settings.rally || [],
  current: 0, uploadedAt: 0, home: { lat: settings.lat, lon: settings.lon, alt: settings.ground },
  battery: 87, reached: -1,
}
if (settings.mission) state.items = settings.mission
const protocol = settings.version === 1
  ? new mav.MavLinkProtocolV1(settings.sys, 1) : new mav.MavLinkProtocolV2(settings.sys, 1)
const socket = dgram.createSocket('udp4')
let seq = 0, signTime = Date.now()

// A field by MAVLink's name; node-mavlink has names of its own for some.
const nameOf = (m, source) => m.constructor.FIELDS.find(f => f.source === source).name
const get = (m, source) => m[nameOf(m, source)]
const say = o => process.stdout.write(JSON.stringify(o) + '\n')
function send (Type, fields) {
  if (settings.silent) return
  const m = new Type()
  Object.assign(m, fields)
  const signer = settings.key ? new mav.MavLinkProtocolV2(settings.sys, 1, 1) : protocol
  let bytes = signer.serialize(m, seq)
  seq = (seq + 1) & 255
  if (settings.key) {
    bytes = signer.sign(bytes, 3, Buffer.from(settings.key, 'hex'), signTime = Math.max(Date.now(), signTime + 1))
  }
  if (Math.random() < settings.loss) return
  socket.send(bytes, settings.port, settings.host)
}
const text = (severity, words) => {
  if (words.length <= 50 || settings.version === 1) {
    send(common.StatusText, { severity, text: words.slice(0, 50) })
    return
  }
  const id = 1 + Math.floor(Math.random() * 60000)
  for (let i = 0; i * 50 <= words.length; i++) {
    send(common.StatusText, { severity, text: words.slice(i * 50, i * 50 + 50), id, chunkSeq: i })
  }
}
const ack = (command, result, target, progress = 0) => setTimeout(() => send(common.CommandAck,
  { command, result, progress, targetSystem: target.sys, targetComponent: target.comp }), settings.ackDelay[command] || 0)

// --- flight -----------------------------------------------------------------
const METRE = 1 / 111320
const east = () => METRE / Math.cos(state.lat * Math.PI / 180)
const away = t => Math.hypot((t.lat - state.lat) / METRE, (t.lon - state.lon) / east())
function fly (dt) {
  let t = null
  if (!state.armed) { state.vx = state.vy = state.vz = 0; return }
  if (state.mode === MODES.mission) t = missionTarget()
  else if (state.mode === MODES.rtl) {
    t = { ...state.home, h: 20 }
    if (away(t) < 1) t = { ...t, h: 0 }
  } else if (state.mode === MODES.land) t = { lat: state.lat, lon: state.lon, h: 0 }
  else if (state.mode !== MODES.hold || px4) t = state.target
  state.vx = state.vy = state.vz = 0
  if (!t) return
  const d = away(t), step = Math.min(d, state.speed * dt)
  if (d > 0.01) {
    const k = step / d
    state.vx = (t.lat - state.lat) / METRE / d * step / dt
    state.vy = (t.lon - state.lon) / east() / d * step / dt
    state.lat += (t.lat - state.lat) * k
    state.lon += (t.lon - state.lon) * k
  }
  const dh = Math.max(-4 * dt, Math.min(4 * dt, t.h - state.h))
  state.h += dh
  state.vz = dh / dt
  if (state.h <= 0.05 && t.h === 0 && (FAMILY !== 'rover' || (state.mode === MODES.rtl && d < 1))) { state.h = 0; state.armed = false; state.target = null }
  if (px4 && state.mode === MODES.takeoff && Math.abs(state.h - t.h) < 0.3) state.mode = MODES.hold
}
function missionTarget () {
  while (state.current < state.items.length) {
    const i = state.items[state.current]
    const home = !px4 && state.current === 0
    if (!home && (i.command === 16 || i.command === 22)) {
      const t = { lat: i.command === 22 ? state.lat : i.x / 1e7, lon: i.command === 22 ? state.lon : i.y / 1e7, h: i.z }
      if (away(t) > 1 || Math.abs(t.h - state.h) > 0.5) return t
    }
    if (i.command === 178) state.speed = i.param2
    if (!home) { state.reached = state.current; send(common.MissionItemReached, { seq: state.current }) }
    state.current++
  }
  const last = state.items[state.items.length - 1]
  return last && last.command === 16 ? { lat: last.x / 1e7, lon: last.y / 1e7, h: last.z } : null
}

// --- telemetry ----------------------------------------------------------------
const bootMs = () => (Date.now() - settings.bootMs) >>> 0
const position = () => ({
  timeBootMs: bootMs(), lat: Math.round(state.lat * 1e7), lon: Math.round(state.lon * 1e7),
  alt: Math.round((settings.ground + state.h) * 1000), relativeAlt: Math.round(state.h * 1000),
  vx: Math.round(state.vx * 100), vy: Math.round(state.vy * 100), vz: Math.round(-state.vz * 100), hdg: 9000,
})
const heartbeat = () => send(minimal.Heartbeat, {
  type: settings.type || 2, autopilot: px4 ? 12 : 3, baseMode: (state.armed ? 128 : 0) | 1, customMode: state.mode,
  systemStatus: state.armed && state.h > 0.1 ? 4 : 3, mavlinkVersion: 3,
})
const landed = () => !state.armed || state.h < 0.1 ? 1 : 2
const messages = {
  0: heartbeat,
  33: () => send(common.GlobalPositionInt, position()),
  30: () => send(common.Attitude, { timeBootMs: bootMs(), roll: 0.1, pitch: -0.05, yaw: 1.5708, rollspeed: 0, pitchspeed: 0, yawspeed: 0 }),
  24: () => send(common.GpsRawInt, { timeUsec: 0n, fixType: settings.fix ?? 3, lat: position().lat, lon: position().lon, alt: position().alt, eph: 80, epv: 100, vel: 0, cog: 0, satellitesVisible: 14 }),
  1: () => send(common.SysStatus, { onboardControlSensorsPresent: 0, onboardControlSensorsEnabled: 0, onboardControlSensorsHealth: 0, load: 300, voltageBattery: 15800, currentBattery: px4 ? -100 : 1250, batteryRemaining: state.battery, dropRateComm: 0, errorsComm: 0, errorsCount1: 0, errorsCount2: 0, errorsCount3: 0, errorsCount4: 0 }),
  242: () => send(common.HomePosition, { latitude: Math.round(state.home.lat * 1e7), longitude: Math.round(state.home.lon * 1e7), altitude: Math.round(state.home.alt * 1000), x: 0, y: 0, z: 0, q: [NaN, NaN, NaN, NaN], approachX: 0, approachY: 0, approachZ: 0, timeUsec: 0n }),
  245: () => send(common.ExtendedSysState, { vtolState: 0, landedState: landed() }),
  74: () => send(common.VfrHud, { airspeed: px4 ? NaN : 5.5, groundspeed: Math.hypot(state.vx, state.vy), alt: settings.ground + state.h, climb: state.vz, heading: 90, throttle: 40 }),
  42: () => send(common.MissionCurrent, { seq: state.current, total: Math.max(0, state.items.length - (px4 ? 0 : 1)), missionState: state.mode === MODES.mission ? (state.current >= state.items.length ? 5 : 3) : 4, missionMode: 0 }),
  147: () => send(common.BatteryStatus, { currentConsumed: 321, energyConsumed: -1, temperature: 32767, voltages: [3950, 3950, 3950, 3950, 65535, 65535, 65535, 65535, 65535, 65535], currentBattery: px4 ? -100 : 1250, id: 0, batteryFunction: 0, type: 1, batteryRemaining: state.battery, timeRemaining: 0, chargeState: 0, voltagesExt: [0, 0, 0, 0], mode: 0, faultBitmask: 0 }),
  168: () => send(ardupilotmega.Wind, { direction: 270, speed: 4.5, speedZ: 0 }),
  231: () => send(common.WindCov, { timeUsec: 0n, windX: 0, windY: 4.5, windZ: 0, varHoriz: 0, varVert: 0, windAlt: 0, horizAccuracy: 0, vertAccuracy: 0 }),
  162: () => {},
}
const intervals = { 0: 1000 }
if (px4 || settings.rates) Object.assign(intervals, { 33: 200, 30: 20, 24: 500, 1: 500, 74: 250 })
const due = {}

// --- commands ---------------------------------------------------------------
const accepted = { 400: arm, 22: takeoff, 192: reposition, 176: setMode, 20: rtl, 21: land, 178: speed, 179: home, 300: start, 511: interval, 512: once }
function arm (p) {
  if (p.p[0] === 0 && state.h > 0.5 && p.p[1] !== 21196) { text(2, 'Disarm: vehicle is flying'); return 4 }
  if (p.p[0] === 1 && !px4 && state.mode !== MODES.guided) { text(2, 'Arm: mode not armable'); return 4 }
  state.armed = p.p[0] === 1
  if (!state.armed) { state.h = 0; state.target = null }
  return 0
}
function takeoff (p) {
  if (!state.armed || (!px4 && state.mode !== MODES.guided)) return 4
  state.target = { lat: state.lat, lon: state.lon, h: px4 ? p.p[6] - settings.ground : p.p[6] }
  if (px4) state.mode = MODES.takeoff
  return 0
}
function reposition (p) {
  if (!p.int) return 3
  if (!state.armed) return 1
  // PX4 takes z for AMSL whatever the frame says.
  const relative = p.frame === 3 || p.frame === 6
  state.target = { lat: p.x / 1e7, lon: p.y / 1e7, h: px4 || !relative ? p.z - settings.ground : p.z }
  if (p.p[0] > 0) state.speed = p.p[0]
  state.mode = px4 ? MODES.hold : MODES.guided
  return 0
}
function setMode (p) {
  const mode = px4 ? PX4(p.p[1], p.p[2]) : p.p[1]
  if (px4 && mode === MODES.mission && Date.now() - state.uploadedAt < 2500) { text(3, 'Switching to Mission is currently not available'); return 0 }
  state.mode = mode
  // A plane's TAKEOFF climbs to a parameter of its own, TKOFF_ALT.
  if (FAMILY === 'plane' && mode === MODES.takeoff) state.target = { lat: state.lat, lon: state.lon, h: 50 }
  if (mode === MODES.hold) state.target = { lat: state.lat, lon: state.lon, h: state.h }
  return 0
}
function rtl () { state.mode = MODES.rtl; return 0 }
function land () {
  if (FAMILY) return 3
  state.mode = MODES.land
  return 0
}
function speed (p) { state.speed = p.p[1]; return 0 }
function home (p) { state.home = { lat: p.int ? p.x / 1e7 : p.p[4], lon: p.int ? p.y / 1e7 : p.p[5], alt: p.int ? p.z : p.p[6] }; messages[242](); return 0 }
function start (p) {
  if (!state.items.length) return 4
  if (!px4) {
    if (p.p[0] !== 0 || p.p[1] !== 0) return 2
    if (!state.armed) return 4
    if (state.h < 0.1 && state.items[1] && state.items[1].command !== 22) { text(3, 'Auto: Missing Takeoff Cmd'); return 4 }
  } else {
    if (Date.now() - state.uploadedAt < 2500) { text(3, 'Switching to Mission is currently not available'); return 1 }
    state.armed = true
  }
  state.current = 0
  state.mode = MODES.mission
  return 0
}
function interval (p) {
  if (!messages[p.p[0]]) return 3
  if (!settings.stopStreams) intervals[p.p[0]] = Math.max(10, p.p[1] / 1000)
  return 0
}
function once (p) {
  if (!messages[p.p[0]]) return 3
  messages[p.p[0]]()
  return 0
}
function command (from, p) {
  if (p.command !== 511 && p.command !== 512) say({ got: 'command', ...p })
  if (settings.mute.includes(p.command)) return
  const refusal = settings.refuse[p.command]
  if (refusal) {
    if (refusal[1]) text(2, refusal[1])
    ack(p.command, refusal[0], from)
    return
  }
  if (settings.lie.includes(p.command)) { ack(p.command, 0, from); return }
  if (settings.progress.includes(p.command)) {
    ack(p.command, 5, from, 10)
    setTimeout(() => { (accepted[p.command] || (() => 3))(p); ack(p.command, 0, from) }, 700)
    return
  }
  const result = (accepted[p.command] || (() => 3))(p)
  if (!settings.lostAck.includes(p.command)) ack(p.command, result, from)
}

// --- missions ---------------------------------------------------------------
let upload = null
const lists = { 0: 'items', 1: 'fence', 2: 'rally' }
function askItem () {
  if (!upload) return
  const Type = px4 ? common.MissionRequestInt : common.MissionRequest
  send(Type, { seq: upload.items.length, targetSystem: upload.from.sys, targetComponent: upload.from.comp, missionType: upload.type })
  clearTimeout(upload.timer)
  upload.timer = setTimeout(() => { if (upload && ++upload.tries < 20) askItem(); else upload = null }, px4 ? 250 : 1000)
}
const missionAck = (from, type, missionType) => send(common.MissionAck, { targetSystem: from.sys, targetComponent: from.comp, type, missionType })
function missionMessage (from, m) {
  if (m instanceof common.MissionCount) {
    if (settings.refuseMission !== null) { missionAck(from, settings.refuseMission, m.missionType); return }
    if (upload) clearTimeout(upload.timer)
    if (m.count === 0) { state[lists[m.missionType]] = []; missionAck(from, 0, m.missionType); return }
    upload = { from, type: m.missionType, count: m.count, items: [], tries: 0 }
    askItem()
  } else if (m instanceof common.MissionItemInt && upload) {
    if (m.seq !== upload.items.length) return
    upload.tries = 0
    upload.items.push({ command: m.command, frame: m.frame, x: get(m, 'x'), y: get(m, 'y'), z: get(m, 'z'), param1: get(m, 'param1'), param2: get(m, 'param2'), current: m.current, missionType: m.missionType })
    if (upload.items.length < upload.count) { askItem(); return }
    clearTimeout(upload.timer)
    state[lists[upload.type]] = upload.items
    state.current = 0
    state.uploadedAt = Date.now()
    say({ got: 'mission', type: upload.type, items: upload.items })
    missionAck(from, 0, upload.type)
    upload = null
  } else if (m instanceof common.MissionAck && upload && m.type === 15) {
    say({ got: 'cancel' })
    clearTimeout(upload.timer)
    upload = null
  } else if (m instanceof common.MissionRequestList) {
    send(common.MissionCount, { count: state[lists[m.missionType]].length, targetSystem: from.sys, targetComponent: from.comp, missionType: m.missionType })
  } else if (m instanceof common.MissionRequestInt || m instanceof common.MissionRequest) {
    const i = state[lists[m.missionType]][m.seq]
    if (!i) { missionAck(from, 13, m.missionType); return }
    const item = new common.MissionItemInt()
    Object.assign(item, { targetSystem: from.sys, targetComponent: from.comp, seq: m.seq, frame: i.frame, command: i.command, current: 0, autocontinue: 1, missionType: m.missionType })
    for (const k of ['param1', 'param2', 'x', 'y', 'z']) item[nameOf(item, k)] = i[k] || 0
    send(common.MissionItemInt, item)
  }
}

// --- wire -------------------------------------------------------------------
const splitter = new mav.MavLinkPacketSplitter()
const parser = splitter.pipe(new mav.MavLinkPacketParser())
parser.on('data', packet => {
  const Type = REGISTRY[packet.header.msgid]
  if (!Type || settings.silent || Math.random() < settings.loss) return
  if (settings.key && !(packet.signature && packet.signature.matches(Buffer.from(settings.key, 'hex')))) { say({ got: 'unsigned', id: packet.header.msgid }); return }
  const m = packet.protocol.data(packet.payload, Type)
  const from = { sys: packet.header.sysid, comp: packet.header.compid }
  if (m.targetSystem && m.targetSystem !== settings.sys) return
  if (m instanceof common.CommandLong) {
    command(from, { command: m.command, confirmation: m.confirmation, p: [1, 2, 3, 4, 5, 6, 7].map(i => get(m, 'param' + i)) })
  } else if (m instanceof common.CommandInt) {
    command(from, { int: true, command: m.command, frame: m.frame, p: [1, 2, 3, 4].map(i => get(m, 'param' + i)), x: get(m, 'x'), y: get(m, 'y'), z: get(m, 'z') })
  } else if (m instanceof minimal.Heartbeat) {
    say({ got: 'heartbeat', from: from.sys, type: m.type })
  } else if (m instanceof common.TimeSync) {
    if (m.tc1 !== 0n) say({ got: 'timesync', ts1: String(m.ts1) })
  } else if (m instanceof common.RequestDataStream) {
    say({ got: 'datastream', stream: m.reqStreamId, rate: m.reqMessageRate })
    if (!settings.stopStreams) for (const id of { 2: [1, 24, 42], 6: [33], 10: [30], 11: [74], 12: [] }[m.reqStreamId] || []) intervals[id] = 1000 / m.reqMessageRate
  } else missionMessage(from, m)
})
socket.on('message', data => splitter.write(data))
socket.bind(0, '127.0.0.1', () => say({ ready: true, port: socket.address().port }))

let last = Date.now()
let shownMode = null
setInterval(() => {
  if (state.mode !== shownMode) say({ got: 'mode', mode: shownMode = state.mode })
  const now = Date.now()
  fly(Math.min(0.2, (now - last) / 1000) * settings.speedup)
  last = now
  for (const [id, ms] of Object.entries(intervals)) {
    if (settings.stopStreams && id !== '0') continue
    if (now >= (due[id] || 0)) { due[id] = Math.max(now, (due[id] || now) + ms); messages[id]() }
  }
}, 10)
// Each with numbers of its own, as MAVLink has it, and an attitude of its own.
let ridden = 0
setInterval(() => {
  for (const p of settings.passengers) {
    const protocol = new mav.MavLinkProtocolV2(settings.sys, p.comp)
    const h = Object.assign(new minimal.Heartbeat(), { type: p.type, autopilot: p.autopilot, baseMode: 0, customMode: 99, systemStatus: 4, mavlinkVersion: 3 })
    const a = Object.assign(new common.Attitude(), { timeBootMs: 5, roll: 1.2, pitch: 1.2, yaw: 3 })
    const ackOf = Object.assign(new common.CommandAck(), { command: 400, result: 4, targetSystem: 255, targetComponent: 190 })
    for (const m of [h, a, ackOf]) socket.send(protocol.serialize(m, ridden = (ridden + 57) & 255), settings.port, settings.host)
  }
}, 200)
setInterval(() => send(common.TimeSync, { tc1: 0n, ts1: 123456789n }), 1000)

require('readline').createInterface({ input: process.stdin }).on('line', line => {
  const o = JSON.parse(line)
  if (o.text) text(o.text[0], o.text[1])
  if (o.mode !== undefined) state.mode = MODES[o.mode] ?? o.mode
  if (o.stationCommand) send(common.CommandAck, { command: o.stationCommand, result: 0, targetSystem: 250, targetComponent: 190 })
  if (o.forgetStreams) for (const id of Object.keys(intervals)) if (id !== '0') delete intervals[id]
  for (const k of Object.keys(o)) if (k in settings) settings[k] = o[k]
  for (const k of Object.keys(o)) if (k in state && k !== 'mode') state[k] = o[k]
  say({ got: 'set' })
}).on('close', () => process.exit(0))
