// Pattern 4: a job that has more to say than anybody can read, so its reports are throttled.
const dances = ['Waltz', 'Tango', 'Foxtrot', 'Quickstep', 'Cha Cha', 'Rumba', 'Samba', 'Jive']
const tracks = Array.from({ length: 48 }, (_, index) => {
  const dance = dances[index % dances.length]
  return {
    number: index + 1,
    title: `${dance} № ${Math.floor(index / dances.length) + 1}`,
    seconds: 90 + (index % 4) * 15,
  }
})

export async function makePlaylist(playlist, jobs) {
  const lines = ['#EXTM3U']
  const due = throttle(jobs.pace)
  for (const { number, title, seconds } of tracks) {
    lines.push(`#EXTINF:${seconds},${title}`, `tracks/${String(number).padStart(2, '0')}.mp3`)
    if (due()) {
      const progress = Math.round((100 * number) / tracks.length)
      await playlist.report({ progress, message: `Track ${number} of ${tracks.length}: ${title}` })
    }
    await jobs.pause(0.4)
  }
  await playlist.complete(`${lines.join('\n')}\n`)
}

/** A function that says true at most once per `interval` milliseconds, and at its first call. */
function throttle(interval) {
  let next = 0
  return () => {
    if (Date.now() < next) return false
    next = Date.now() + interval
    return true
  }
}
