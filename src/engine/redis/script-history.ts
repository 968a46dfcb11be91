// What is kept of each stream inside Redis, within the same bounds as in memory, and what is remembered of what is gone.

/** What things cost in Redis, bytes: measured on Redis 7.0 with `MEMORY USAGE`. */
export const redisSizes = { message: 40, entry: 64, stream: 500, silent: 150 } as const

/** Lua: `keep`, `evict`, `keepTotal`, and what they need. */
export const historyLua = `
-- A hub says at its start what the bounds are; whoever only publishes goes by what hubs said.
if op == 'look' and (ARGV[11] == 'set' or (ARGV[11] == 'keep' and not state.bounds)) and state.bounds ~= ARGV[10] then
  state.bounds = ARGV[10]
  call('HSET', STATE, 'bounds', state.bounds)
end
local size, ttl, streamBytes, totalBytes, logBytes = string.match(state.bounds or ARGV[10], '(%d+) (%d+) (%d+) (%d+) (%d+)')
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
`
