// How each script begins: who calls, what is there, and whether it is still the history that the caller knows. Another server
// process, or one that has less than the caller has seen, begins another history before anything else is done.

/** Lua: reads `state`, and begins another history where it has to. */
export const stateLua = `
local STATE, LOG, HEADS, STREAMS, SILENT, IDS = unpack(KEYS)
local op, run, fresh, now, seenEpoch, seenId, seenTag, age, till = unpack(ARGV, 1, 9)
local call, floor = redis.call, math.floor
-- Revocations that have an end, by it. They outlive everything else.
local revoked = string.sub(STATE, 1, -6) .. 'revoked'
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
local clock = tonumber(now)

local names = {'epoch', 'run', 'tag', 'pos', 'seq', 'now', 'bytes', 'quiet', 'forgotten', 'log', 'count', 'touched', 'refused', 'began', 'bounds', 'left'}
local values = call('HMGET', STATE, unpack(names))
local state = {}
for i, name in ipairs(names) do
  state[name] = values[i] or nil
  if i > 3 and i < 15 then state[name] = tonumber(values[i] or 0) end
end
-- Of the history; a clock that is set back does not make it older.
now = math.max(clock, state.now)

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

-- The end of the last revocation that is kept.
local function lastRevoked()
  return tonumber(call('ZRANGE', revoked, -1, -1, 'WITHSCORES')[2] or 0)
end

local function historyKey(stream)
  return string.sub(STATE, 1, -6) .. 'h:' .. state.epoch .. ':' .. stream
end

local seenPos, seenSeq = string.match(seenId, '^(%d+)-(%d+)$')
seenPos, seenSeq = tonumber(seenPos), tonumber(seenSeq)
local function hasSeenMoreThan(pos, seq)
  return seenPos > pos or (seenPos == pos and seenSeq > seq)
end

-- Another history begins: whatever was known of the one before holds no more.
local function begin()
  local left = state.epoch and state.epoch .. ' ' .. state.pos
  if seenEpoch ~= '' and (not state.epoch or (seenEpoch == state.epoch and hasSeenMoreThan(state.pos, state.seq))) then
    left = seenEpoch .. ' ' .. seenPos
  end
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
    count = 0, touched = -1e9, refused = lastRevoked(), began = clock, bounds = state.bounds, left = left,
  }
  save()
end

-- True if this caller has seen what is not here, and whoever is here may not know of it.
local function undone()
  if seenEpoch == '' then return false end
  if seenEpoch ~= state.epoch then
    local epoch, pos = string.match(state.left or '', '^(%S+) (%d+)$')
    if epoch == seenEpoch and seenPos <= tonumber(pos) then return false end
    -- It comes from another server, which had been replaced by then: was anything sent there after all here were told?
    return age ~= '' and clock - tonumber(age) >= state.began
  end
  if hasSeenMoreThan(state.pos, state.seq) then return true end
  if seenPos == state.pos and seenSeq == state.seq then return seenTag ~= state.tag end
  if op ~= 'look' then return false end
  local entry = call('XRANGE', LOG, seenId, seenId)[1]
  return entry ~= nil and entry[2][8] ~= seenTag
end

-- Redis may throw out any key when its memory is full.
local function thrownOut()
  return call('ZCARD', HEADS) ~= state.count or call('HLEN', STREAMS) ~= state.count
    or (state.quiet > 0 and call('EXISTS', SILENT) == 0) or (state.refused > clock and call('EXISTS', revoked) == 0)
end

if not state.epoch or state.run ~= run or undone() or thrownOut() then begin() end
`
