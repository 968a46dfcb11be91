// What the scripts say and find before anything is installed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findBinary, findChromium, missing } from '../../../scripts/setup.mjs'

test('CHROME_PATH decides alone which browser is used', () => {
  assert.equal(findChromium({ CHROME_PATH: process.execPath }), process.execPath)
})

test('a CHROME_PATH that leads nowhere is said, not passed over', () => {
  assert.throws(() => findChromium({ CHROME_PATH: '/no/such/browser' }), {
    name: 'StepError',
    message: 'CHROME_PATH names /no/such/browser, where there is no file.',
  })
})

test('a binary is found in PATH', () => {
  assert.match(findBinary('node') ?? '', /node/)
  assert.equal(findBinary('there-is-no-such-binary'), undefined)
})

test('what is missing is named with the package to install', () => {
  assert.match(missing('chromium', 'chromium'), /^chromium is missing\. Install .*chromium/)
})
