// Pattern 1, current heat: HTML that replaces one panel.

import { test } from 'node:test'
import { shows, useShowcase } from './showcase.ts'

const showcase = useShowcase()
const heat = '#current-heat h2'
const state = '#current-heat .state'

test('one page runs the heats, the other follows', async () => {
  const desk = await showcase.visit('/heats')
  const hall = await showcase.visit('/heats')
  await shows(hall, heat, 'Heat 1 Waltz Bronze')
  await shows(hall, state, 'Called to the floor')

  await desk.getByRole('button', { name: 'Start heat 1' }).click()
  await shows(hall, state, 'On the floor')
  await desk.getByRole('button', { name: 'Finish heat 1' }).click()
  await shows(hall, heat, 'Heat 2 Tango Bronze')
  // The button that has come by broadcast works like one that came with the page.
  await hall.getByRole('button', { name: 'Start heat 2' }).click()
  await shows(desk, state, 'On the floor')
  await shows(desk, heat, 'Heat 2 Tango Bronze')
})

test('after the last heat every page says so, and can start over', async () => {
  const desk = await showcase.visit('/heats')
  const hall = await showcase.visit('/heats')
  await desk.getByRole('button', { name: 'Back to the first heat' }).click()
  for (let number = 1; number <= 7; number++) {
    await hall.getByRole('button', { name: `Start heat ${number}` }).click()
    await desk.getByRole('button', { name: `Finish heat ${number}` }).click()
  }
  await shows(hall, heat, 'All heats are danced')
  await hall.getByRole('button', { name: 'Back to the first heat' }).click()
  await shows(desk, heat, 'Heat 1 Waltz Bronze')
})

test('the focus stays on the button after a press, and on the next one', async () => {
  const desk = await showcase.visit('/heats')
  // The answer to the press has to be there: a page that comes after the focus would take it away.
  const answered = desk.evaluate(
    () => new Promise((resolve) => addEventListener('turbo:load', resolve, { once: true })),
  )
  await desk.getByRole('button', { name: 'Back to the first heat' }).click()
  await answered
  await desk.getByRole('button', { name: 'Start heat 1' }).focus()
  for (const name of ['Finish heat 1', 'Start heat 2', 'Finish heat 2']) {
    await desk.keyboard.press('Enter')
    await desk.waitForFunction(
      (name) => document.activeElement?.matches(':not([aria-disabled])') && document.activeElement.textContent === name,
      name,
    )
  }
})

test('a button that a broadcast renames before the answer to its press is there is not lost to the next press', async () => {
  const desk = await showcase.visit('/heats')
  const slow = await desk.context().newCDPSession(desk)
  await slow.send('Network.enable')
  await slow.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 300,
    downloadThroughput: -1,
    uploadThroughput: -1,
  })
  await desk.getByRole('button', { name: 'Back to the first heat' }).click()
  await shows(desk, heat, 'Heat 1 Waltz Bronze')
  await desk.getByRole('button', { name: 'Start heat 1' }).click()
  // The broadcast brings this name while Turbo still ignores clicks; Playwright presses what looks as if it could be pressed.
  await desk.getByRole('button', { name: 'Finish heat 1' }).click()
  await shows(desk, heat, 'Heat 2 Tango Bronze')
})
