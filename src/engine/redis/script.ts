// What happens inside Redis, in one atomic step each: the script that every process runs. Its order is: who are you and what is
// there, has anything been undone since, then the one thing that is asked.
//
// Keys, all in one slot: `state` (a hash: epoch, position, counts), `log` (a stream of everything, which processes tail), `heads`
// (streams by the position of their oldest message), `streams` (what is held of each), `silent` (streams of which nothing is held
// any more, by the position of their newest message that is gone), `ids` (idempotency ids), and `h:<epoch>:<stream>` (a
// list: a stream's messages).

import { createHash } from 'node:crypto'

/** The keys that a script is given, in order, after `{prefix}:`. */
export const scriptKeys = ['state', 'log', 'heads', 'streams', 'silent', 'ids'] as const

/** What things cost in Redis, bytes: measured on Redis 7.0 with `MEMORY USAGE`. */
export const redisSizes = { message: 40, entry: 64, stream: 500, silent: 150 } as const

/** How many idempotency ids are remembered. */
const keptIds = 10_000

export const script = `
local STATE, LOG, HEADS, STREAMS, SILENT, IDS = unpack(KEYS)
local op, run, fresh, now, seenEpoch, seenId, seenTag = unpack(ARGV, 1, 7)
local call, floor = redis.call, math.floor
if not redis.REDIS_VERSION_NUM or redis.REDIS_VERSION_NUM < 0x00070000 then
  return redis.error_reply('ERR turbo-cable needs Redis 7 or newer')
end
-- The name of this very server process: another one has nothing but what it was told.
if run == '' then
  local info = redis.pcall('INFO', 'server')
  run = type(info) == 'string' and string.match(info, 'run_id:(%x+)') or 'unknown'
end
if now == '' then
  local time = call('TIME')
  now = time[1] * 1000 + floor(time[2] / 1000)
end
now = tonumber(now)

local names = {'epoch', 'run', 'tag', 'pos', 'seq', 'now', 'bytes', 'quiet', 'forgotten', 'log', 'count', 'touched', 'bounds'}
local values = call('HMGET', STATE, unpack(names))
local state = {}
for i, name in ipairs(names) do
  state[name] = values[i] or nil
  if i > 3 and i < 13 then state[name] = tonumber(values[i] or 0) end
end
now = math.max(now, state.now)

local function save()
  state.now = now
  local pairs = {}
  for _, name in ipairs(names) do
    if state[name] then
      pairs[#pairs + 1] = name
      pairs[#pairs + 1] = state[name]
    end
  end
  call('HSET', STATE, unpack(pairs))
end

local function historyKey(stream)
  return string.sub(STATE, 1, -6) .. 'h:' .. state.epoch .. ':' .. stream
end

-- Another history begins: whatever was known of the one before holds no more.
local function begin()
  if state.epoch then
    local streams = call('ZRANGE', HEADS, 0, -1)
    for from = 1, #streams, 1000 do
      local keys = {}
      for i = from, math.min(from + 999, #streams) do keys[#keys + 1] = historyKey(streams[i]) end
      call('UNLINK', unpack(keys))
    end
  end
  call('UNLINK', LOG, HEADS, STREAMS, SILENT)
  -- What was applied before is not applied again.
  if call('EXISTS', IDS) == 1 then call('ZUNIONSTORE', IDS, 1, IDS, 'WEIGHTS', 0) end
  state = {
    epoch = string.sub(fresh, 1, 8), run = run, tag = fresh, pos = 0, seq = 0, bytes = 0, quiet = 0, forgotten = 0, log = 0,
    count = 0, touched = -1e9, bounds = state.bounds,
  }
  save()
end

-- True if this caller has seen what is not here.
local function undone()
  if seenEpoch == '' or seenEpoch ~= state.epoch then return false end
  local pos, seq = string.match(seenId, '^(%d+)-(%d+)$')
  pos, seq = tonumber(pos), tonumber(seq)
  if pos > state.pos or (pos == state.pos and seq > state.seq) then return true end
  if pos == state.pos and seq == state.seq then return seenTag ~= state.tag end
  if op ~= 'look' then return false end
  local entry = call('XRANGE', LOG, seenId, seenId)[1]
  return entry ~= nil and entry[2][8] ~= seenTag
end

if not state.epoch or state.run ~= run or undone()
  or call('ZCARD', HEADS) ~= state.count or call('HLEN', STREAMS) ~= state.count then begin() end

-- A hub says what the bounds are; whoever only publishes goes by what hubs said.
if op == 'look' and ARGV[9] == 'set' then state.bounds = ARGV[8] end
local size, ttl, streamBytes, totalBytes, logBytes = string.match(state.bounds or ARGV[8], '(%d+) (%d+) (%d+) (%d+) (%d+)')
size, ttl, streamBytes = tonumber(size), tonumber(ttl), tonumber(streamBytes)
totalBytes, logBytes = tonumber(totalBytes), tonumber(logBytes)

-- What is held of a stream: how many, bytes, the newest that is gone, the newest of all, and when its key last got its time to live.
local function heldOf(stream)
  local text = call('HGET', STREAMS, stream)
  if not text then return nil end
  local n, bytes, gone, last, touched = string.match(text, '(%d+) (%d+) (%d+) (%d+) (%d+)')
  return {n = tonumber(n), bytes = tonumber(bytes), gone = tonumber(gone), last = tonumber(last), touched = tonumber(touched)}
end

local function putHeld(stream, held)
  call('HSET', STREAMS, stream, table.concat({held.n, held.bytes, held.gone, held.last, held.touched}, ' '))
end

local function forgetSilent()
  local popped = call('ZPOPMIN', SILENT)
  if #popped == 0 then state.quiet = 0 return false end
  state.quiet = state.quiet - ${redisSizes.silent} - #popped[1]
  state.forgotten = math.max(state.forgotten, tonumber(popped[2]))
  return true
end

-- Nothing is held of a stream any more.
local function fallSilent(stream, held)
  call('UNLINK', historyKey(stream))
  call('HDEL', STREAMS, stream)
  call('ZREM', HEADS, stream)
  state.count = state.count - 1
  state.bytes = state.bytes - held.bytes - ${redisSizes.stream} - 3 * #stream
  call('ZADD', SILENT, held.gone, stream)
  state.quiet = state.quiet + ${redisSizes.silent} + #stream
  while state.quiet > totalBytes / 4 do if not forgetSilent() then break end end
end

-- A message of a history is text: 'position time length-of-exclude exclude json'. A list of these costs less than a stream.
local function entryOf(text)
  local position, at, length, from = string.match(text, '^(%d+) (%d+) (%d+) ()')
  return {position = tonumber(position), at = tonumber(at), json = from + tonumber(length), from = from, text = text}
end

-- Redis rounds up what it allocates.
local function sizeOf(text)
  return ${redisSizes.message} + #text + floor(#text / 8)
end

-- The oldest messages of a stream go while wants(what is held, the time of the oldest) says so.
local function evict(stream, held, wants)
  local key = historyKey(stream)
  while true do
    local texts = call('LRANGE', key, 0, 1)
    if not texts[1] then
      -- Its key has expired, or Redis has thrown it out.
      held.gone = held.last
      return fallSilent(stream, held)
    end
    local oldest = entryOf(texts[1])
    if not wants(held, oldest.at) then break end
    held.n, held.gone = held.n - 1, oldest.position
    if not texts[2] then return fallSilent(stream, held) end
    call('LPOP', key)
    local bytes = sizeOf(texts[1])
    held.bytes, state.bytes = held.bytes - bytes, state.bytes - bytes
    local following = entryOf(texts[2])
    call('ZADD', HEADS, following.position, stream)
    if not wants(held, following.at) then break end
  end
  putHeld(stream, held)
end

local function tooMuch(held)
  return held.n > size or held.bytes > streamBytes
end

local function evictOldest()
  local stream = call('ZRANGE', HEADS, 0, 0)[1]
  if not stream then return forgetSilent() end
  local left = 1
  evict(stream, heldOf(stream), function()
    left = left - 1
    return left >= 0
  end)
  return true
end

local function keepTotal()
  while state.bytes + state.quiet > totalBytes do if not evictOldest() then break end end
end

local function keep(stream, json, exclude)
  local held = heldOf(stream)
  if not held then
    local gone = call('ZSCORE', SILENT, stream)
    if gone then
      call('ZREM', SILENT, stream)
      state.quiet = state.quiet - ${redisSizes.silent} - #stream
    end
    held = {n = 0, bytes = 0, gone = tonumber(gone or state.forgotten), last = 0, touched = -1e9}
    state.count = state.count + 1
    state.bytes = state.bytes + ${redisSizes.stream} + 3 * #stream
    call('ZADD', HEADS, state.pos, stream)
  elseif now - held.touched > 10000 and call('EXISTS', historyKey(stream)) == 0 then
    state.bytes = state.bytes - held.bytes
    held.n, held.bytes, held.gone = 0, 0, held.last
    call('ZADD', HEADS, state.pos, stream)
  end
  local text = table.concat({state.pos, now, #exclude, exclude .. json}, ' ')
  call('RPUSH', historyKey(stream), text)
  local bytes = sizeOf(text)
  held.n, held.bytes, held.last = held.n + 1, held.bytes + bytes, state.pos
  state.bytes = state.bytes + bytes
  -- Redis frees it also when no process is there any more.
  if now - held.touched > 10000 then
    call('PEXPIRE', historyKey(stream), ttl + 60000)
    held.touched = now
  end
  if tooMuch(held) then evict(stream, held, tooMuch) else putHeld(stream, held) end
end

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

local function reply(...)
  return {state.epoch, state.pos .. '-' .. state.seq, state.tag, run, ...}
end

if op == 'look' then
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
  save()
  return reply()
end

if op == 'signal' then
  state.seq = state.seq + 1
  append('', ARGV[9], '')
  save()
  return reply()
end

if op == 'since' then
  local stream, seen = ARGV[9], tonumber(ARGV[10])
  if ARGV[10] == '' then return reply(1) end
  if not seen or seen > state.pos then return reply(0) end
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

if op == 'publish' then
  local id, mark, gaveUp = ARGV[9], ARGV[10], tonumber(ARGV[11])
  for i = 12, 11 + gaveUp do call('ZADD', IDS, 'NX', state.pos, ARGV[i]) end
  local done = id ~= '' and call('ZSCORE', IDS, id)
  if done then return reply(math.min(tonumber(done), state.pos)) end
  local before = state.pos
  for i = 12 + gaveUp, #ARGV, 3 do
    local stream, json, exclude = ARGV[i], ARGV[i + 1], ARGV[i + 2]
    state.pos, state.seq = state.pos + 1, 0
    append(stream, json, exclude)
    keep(stream, json, exclude)
  end
  keepTotal()
  if state.log > logBytes then trimLog(0, before) end
  if id ~= '' and mark == '1' then call('ZADD', IDS, state.pos, id) end
  keepAlive()
  local many = call('ZCARD', IDS) - ${keptIds}
  if many > 0 then call('ZREMRANGEBYRANK', IDS, 0, many - 1) end
  save()
  return reply(state.pos)
end
return redis.error_reply('ERR unknown operation')
`

/** The script's name in Redis. */
export const scriptSha = createHash('sha1').update(script).digest('hex')
