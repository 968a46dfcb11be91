// Pattern 8: a text that is written while it is read. What stands here for a language model knows three answers by heart, and says
// them as one would: in pieces of words, now faster, now slower.
import { broadcastStream } from 'turbo-cable'

/** What it knows. */
export const texts = {
  tides: `The Moon pulls at the sea, and it pulls a little more at the side that is nearer to it. So the water there rises towards the Moon, and on the far side it is left behind and rises too: two hills of water, with the Earth turning underneath.

A shore passes through both hills in a day, and that is why most coasts have two high tides. The Sun does the same, at not quite half the strength. When the two pull along one line, at new moon and full moon, the tides are at their highest; when they pull at right angles, a week later, they nearly cancel, and the sea hardly seems to move.

The rest is geography. A bay that narrows squeezes the water up: in the Bay of Fundy it climbs sixteen metres, twice a day, and nobody there leaves a boat on the sand.`,
  lighthouse: `There was a lighthouse at the end of a road that the sea took away every evening. Its keeper, an old woman with a good coat, had counted the ships for thirty years: <big> ones, small ones, and one that came back each spring with another name.

“It is the same ship,” she told the gulls. “One knows a ship by how it says goodbye.”

One night the lamp went out. She lit a candle, and held it in the window, and felt silly & cold. Far out, where nothing should have been able to see it, a bell rang twice, the way a friend knocks.

In the morning there was a lamp on the step, wrapped in sailcloth, and no road yet for anybody to have come by.`,
  languages: `Hello! In Zürich one says Grüezi, in Lisbon Olá, in Reykjavík Halló. In Athens it is Γειά σου, in Kyiv Привіт, in Tbilisi გამარჯობა. From right to left: שלום in Haifa, مرحبا in Beirut. In Beijing 你好, in Tokyo こんにちは.

And everywhere, from far away: 👋🏽 – which is two characters, though it looks like one, and must never be cut in the middle. Families are worse: 👩‍👩‍👧‍👦.`,
}

/** Shows an answer in its pages as it is written, to its end. */
export async function write(answer, jobs) {
  const { signal } = answer.stop
  const totals = await broadcastStream(answer.stream, speech(texts[answer.question], jobs), {
    target: 'answer',
    signal,
  })
  await answer.finish(totals)
}

/** The text in pieces of one to six characters, which know nothing of words. */
export async function* speech(text, jobs) {
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const size = 1 + ((turn * 7 + at) % 6)
    yield text.slice(at, at + size)
    at += size
    await jobs.pause(((turn * 5) % 4) / 8)
  }
}
