// Frames of every message of messages.def, made by node-mavlink, for the C
// codec to read and to make again. A line each:
//   NAME ID VERSION SIGNED HEX field=value,value ...
// node codec.js NAME...
'use strict'
const path = require('path')
const modules = process.env.NODE_MAVLINK || path.join(__dirname, 'node_modules')
const mav = require(path.join(modules, 'node-mavlink'))
const key = Buffer.alloc(32, 7)
const byName = {}
for (const space of [mav.minimal, mav.standard, mav.common, mav.ardupilotmega]) {
  for (const c of Object.values(space)) if (c && c.MSG_NAME && c.FIELDS) byName[c.MSG_NAME] = c
}
let seed = 12345
const random = n => { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return Math.floor(seed / 65536 % n) }
const bits = { uint8_t: 8, int8_t: 8, uint16_t: 16, int16_t: 16, uint32_t: 32, int32_t: 32 }
function value (type, round) {
  type = type.replace('[]', '').replace('_mavlink_version', '')
  if (type === 'float') return Math.fround([0, 1.5, -123.25, 3e8][(round + random(4)) % 4])
  if (type === 'char') return 'ABCxyz 0'[random(8)]
  const sign = type.startsWith('i')
  if (type.endsWith('64_t')) return (BigInt(random(65536)) << 40n) + BigInt(random(65536)) - (sign ? 5n << 41n : 0n)
  const n = bits[type]
  const top = 2 ** n
  const v = round === 0 ? 0 : round === 1 ? top - 1 : (random(65536) * 65536 + random(65536)) % top
  return sign && v >= top / 2 ? v - top : v
}
for (const name of process.argv.slice(2)) {
  const C = byName[name]
  if (!C) { console.error('node-mavlink has no', name); continue }
  for (let round = 0; round < 6; round++) {
    for (const version of C.MSG_ID < 256 ? [1, 2] : [2]) {
      const m = new C()
      const said = []
      for (const f of C.FIELDS) {
        let v
        if (f.type === 'char[]') {
          v = Array.from({ length: random(f.length + 1) }, () => value('char', round)).join('')
          said.push(f.source + '=' + Buffer.from(v).toString('hex'))
        } else if (f.type.endsWith('[]')) {
          v = Array.from({ length: f.length }, () => value(f.type, round))
          said.push(f.source + '=' + v.join(','))
        } else {
          v = value(f.type, round)
          said.push(f.source + '=' + v)
        }
        m[f.name] = v
      }
      const signed = version === 2 && round % 2
      const protocol = version === 1 ? new mav.MavLinkProtocolV1(11, 22)
        : signed ? new mav.MavLinkProtocolV2(11, 22, 1) : new mav.MavLinkProtocolV2(11, 22)
      let bytes = protocol.serialize(m, 77 + round)
      if (signed) bytes = protocol.sign(bytes, 5, key, 1700000000000 + round)
      console.log(name, C.MSG_ID, version, signed ? 1 : 0, bytes.toString('hex'), said.join(' '))
    }
  }
}
