// What happens inside Redis, in one atomic step each: the script that every process runs. Its order is: who are you and what is
// there, has anything been undone since, then the one thing that is asked.
//
// Keys, all in one slot: `state` (a hash: epoch, position, counts), `log` (a stream of everything, which processes tail), `heads`
// (streams by the position of their oldest message), `streams` (what is held of each), `silent` (streams of which nothing is held
// any more, by the position of their newest message that is gone), `ids` (idempotency ids), `h:<epoch>:<stream>` (a list: a
// stream's messages), and `revoked` (revocations by their end).

import { createHash } from 'node:crypto'
import { historyLua, redisSizes } from './script-history'
import { stateLua } from './script-state'

/** The keys that a script is given, in order, after `{prefix}:`. */
export const scriptKeys = ['state', 'log', 'heads', 'streams', 'silent', 'ids'] as const

/** How many idempotency ids are remembered. */
const keptIds = 10_000

const operationsLua = `
local function logged(stream, json, exclude)
  local length = #stream + #json + #exclude
  return ${redisSizes.entry} + length + math.min(floor(length / 2), 1000)
end

-- Each entry names the one before it: whoever reads on can tell that nothing is missing.
local made = 0
local function append(stream, json, exclude)
  made = made + 1
  local tag = fresh .. made
  call('XADD', LOG, state.pos .. '-' .. state.seq, 's', stream, 'j', json, 'x', exclude, 't', tag, 'p', state.tag, 'a', now)
  state.tag = tag
  state.log = state.log + logged(stream, json, exclude)
end

-- Nothing after the position "upTo" goes. Some more goes than has to, so that this is done seldom.
local function trimLog(oldest, upTo)
  local most = state.log > logBytes and logBytes - logBytes / 16 or logBytes
  while true do
    local entries = call('XRANGE', LOG, '-', '+', 'COUNT', 20)
    if #entries == 0 then state.log = 0 return end
    local cut
    for _, entry in ipairs(entries) do
      local pos, seq = string.match(entry[1], '^(%d+)-(%d+)$')
      local fields = entry[2]
      if tonumber(pos) > upTo or (state.log <= most and tonumber(fields[12]) >= oldest) then break end
      state.log = state.log - logged(fields[2], fields[4], fields[6])
      cut = {pos, seq}
    end
    if not cut then return end
    call('XTRIM', LOG, 'MINID', '=', cut[1] .. '-' .. (cut[2] + 1))
  end
end

-- All of it goes when nobody has been here for a day.
local function keepAlive()
  if state.pos == 0 or now - state.touched <= 60000 then return end
  state.touched = now
  for _, key in ipairs(KEYS) do call('PEXPIRE', key, ttl + 86400000) end
end

local function counts()
  return table.concat({state.bytes, state.quiet, state.log, state.count, state.touched}, ' ')
end

local function reply(...)
  return {state.epoch, state.pos .. '-' .. state.seq, state.tag, run, clock, ...}
end

-- Its sender has given it up by now, and others may have sent what is newer.
if till ~= '' and clock >= tonumber(till) then return reply('late') end

if op == 'look' then
  local before = counts()
  local stale = function(_, at) return at + ttl <= now end
  for _ = 1, 200 do
    local oldest = call('ZRANGE', HEADS, 0, 0)[1]
    local text = oldest and call('LINDEX', historyKey(oldest), 0)
    if not oldest or (text and not stale(nil, entryOf(text).at)) then break end
    evict(oldest, heldOf(oldest), stale)
  end
  keepTotal()
  trimLog(now - math.max(ttl, 60000), state.pos)
  keepAlive()
  -- Every process looks every second: nothing is written where nothing has changed.
  if counts() ~= before then save() end
  return reply(call('ZRANGEBYSCORE', revoked, '(' .. clock, '+inf', 'WITHSCORES'))
end

if op == 'signal' then
  if call('ZSCORE', IDS, ARGV[14]) then return reply('late') end
  state.seq = state.seq + 1
  append('', ARGV[11], '')
  local kept, ends = ARGV[12], tonumber(ARGV[13])
  if kept ~= '' then
    call('ZREMRANGEBYSCORE', revoked, '-inf', clock)
    if ends then call('ZADD', revoked, 'GT', ends, kept) else call('ZREM', revoked, kept) end
    state.refused = lastRevoked()
    if state.refused > 0 then call('PEXPIREAT', revoked, state.refused) end
  end
  save()
  return reply()
end

-- Whatever anybody has seen, something may be missing: as on another server.
if op == 'refreshAll' then
  local id = ARGV[11]
  if id ~= '' and call('ZSCORE', IDS, id) then return reply() end
  begin()
  if id ~= '' then call('ZADD', IDS, 0, id) end
  return reply()
end

if op == 'since' then
  local stream, seen = ARGV[11], tonumber(ARGV[12])
  if ARGV[12] == '' then return reply(1) end
  if not seen or seen > state.pos or seenEpoch ~= state.epoch then return reply(0) end
  local held = heldOf(stream)
  if seen < (held and held.gone or tonumber(call('ZSCORE', SILENT, stream) or state.forgotten)) then return reply(0) end
  if not held or held.last <= seen then return reply(1) end
  local key = historyKey(stream)
  if call('LLEN', key) ~= held.n then return reply(0) end
  -- The newest first, so that it costs what is missed and not what is kept.
  local missed = {}
  for to = held.n - 1, 0, -20 do
    local texts = call('LRANGE', key, math.max(0, to - 19), to)
    for i = #texts, 1, -1 do
      local entry = entryOf(texts[i])
      if entry.position <= seen then break end
      missed[#missed + 1] = entry
    end
    if entryOf(texts[1]).position <= seen then break end
  end
  if missed[#missed].at + ttl <= now then return reply(0) end
  local flat = {}
  for i = #missed, 1, -1 do
    local entry = missed[i]
    flat[#flat + 1] = tostring(entry.position)
    flat[#flat + 1] = string.sub(entry.text, entry.json)
    flat[#flat + 1] = string.sub(entry.text, entry.from, entry.json - 1)
  end
  return reply(1, flat)
end

-- Of several senders, each with an id of its own: what one brings is applied wholly or not at all.
if op == 'publish' then
  local at, before, applied, positions = 12 + tonumber(ARGV[11]), state.pos, false, {}
  for i = 12, at - 1 do call('ZADD', IDS, 'NX', before, ARGV[i]) end
  while ARGV[at] do
    local id, mark, last = ARGV[at], ARGV[at + 1], at + 2 + 3 * tonumber(ARGV[at + 2])
    local done = call('ZSCORE', IDS, id)
    if not done then
      applied = true
      for i = at + 3, last, 3 do
        local stream, json, exclude = ARGV[i], ARGV[i + 1], ARGV[i + 2]
        state.pos, state.seq = state.pos + 1, 0
        append(stream, json, exclude)
        keep(stream, json, exclude)
      end
      if mark == '1' then call('ZADD', IDS, state.pos, id) end
    end
    positions[#positions + 1] = math.min(tonumber(done or state.pos), state.pos)
    at = last + 1
  end
  if not applied then return reply(unpack(positions)) end
  keepTotal()
  if state.log > logBytes then trimLog(0, before) end
  keepAlive()
  local many = call('ZCARD', IDS) - ${keptIds}
  if many > 0 then call('ZREMRANGEBYRANK', IDS, 0, many - 1) end
  save()
  return reply(unpack(positions))
end
return redis.error_reply('ERR unknown operation')
`

/** The script. */
export const script = stateLua + historyLua + operationsLua

/** The script's name in Redis. */
export const scriptSha = createHash('sha1').update(script).digest('hex')
