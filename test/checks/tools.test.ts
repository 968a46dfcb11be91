// What the other tests need from outside. `npm test` installs it where it may; where it may not, this names what to install.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findBinary, findChromium, hasRails, missing, NATS, PROXIES, RAILS, REDIS } from '../../scripts/setup.mjs'

test('a Chromium or Chrome is there for the browser tests', () => {
  assert.ok(findChromium(), missing('chromium', 'chromium', 'or set CHROME_PATH to a Chromium or Chrome'))
})

test('curl is there for the commands of the README', () => {
  assert.ok(findBinary('curl'), missing('curl', 'curl'))
})

for (const binary of ['openssl', 'python3']) {
  test(`${binary} is there for the commands of docs/server.md`, () => {
    assert.ok(findBinary(binary), missing(binary, binary))
  })
}

test('Maven is there for the server of the tests of Mongoose', () => {
  assert.ok(findBinary('mvn'), missing('mvn', 'maven'))
})

test("Ruby with Rails' tag helpers is there to compare tags with", () => {
  assert.ok(hasRails(), missing('ruby', RAILS.join(' ')))
})

for (const [binary, packageName] of Object.entries(PROXIES)) {
  test(`${binary} is there for the tests behind a reverse proxy`, () => {
    assert.ok(findBinary(binary), missing(binary, packageName))
  })
}

for (const [binary, packageName] of Object.entries(REDIS)) {
  test(`${binary} is there for the tests of queues`, () => {
    assert.ok(findBinary(binary), missing(binary, packageName))
  })
}

for (const [binary, packageName] of Object.entries(NATS)) {
  test(`${binary} is there for the tests of processes that share a NATS`, () => {
    assert.ok(findBinary(binary), missing(binary, packageName))
  })
}
