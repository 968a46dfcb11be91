// The project's files speak of the project alone: nothing of the machine they were written on, nor of where packages came from.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { projectFiles, readProjectFile } from '../support/project-files.ts'

// Joined from pieces, so that this file does not find itself.
const hosts = [
  ['registry.', 'npm', 'js'],
  ['npm', 'js.', 'org'],
  ['npm', 'js.', 'com'],
  ['yarn', 'pkg.', 'com'],
  ['deb.', 'debian.', 'org'],
  ['security.', 'debian.', 'org'],
  ['archive.', 'ubuntu.', 'com'],
  ['pypi.', 'org'],
  ['crates.', 'io'],
  ['repo.maven.', 'apache.', 'org'],
  ['proxy.', 'golang.', 'org'],
].map((pieces) => pieces.join(''))
const homes = [
  ['ho', 'me/[a-z_][a-z0-9_-]*'],
  ['ro', 'ot'],
  ['Us', 'ers/[A-Za-z]'],
  ['wo', 'rk'],
  ['var/fol', 'ders'],
].map((pieces) => pieces.join(''))
const machinePath = new RegExp(`(?<![\\w.~)\\]}>*/-])/(?:${homes.join('|')})(?=/)|[A-Z]:\\\\Us${'ers'}\\\\`, 'g')

test('no file names a path of one machine', () => {
  assert.deepEqual(
    findings((text) => text.match(machinePath) ?? []),
    [],
  )
})

test('no file names a package registry’s host', () => {
  assert.deepEqual(
    findings((text) => hosts.filter((host) => text.includes(host))),
    [],
  )
})

test('package-lock.json says nothing of where packages were fetched from', () => {
  assert.doesNotMatch(readProjectFile('package-lock.json'), /"resolved"/)
})

test('package-lock.json was written for this package.json', () => {
  const manifest = JSON.parse(readProjectFile('package.json'))
  const locked = JSON.parse(readProjectFile('package-lock.json')).packages['']
  for (const field of [
    'name',
    'version',
    'license',
    'engines',
    'bin',
    'dependencies',
    'peerDependencies',
    'devDependencies',
  ]) {
    assert.deepEqual(locked[field], manifest[field], `"${field}" differs: run npm install`)
  }
})

function findings(find: (text: string) => string[]): string[] {
  return projectFiles().flatMap((path) => {
    const text = readProjectFile(path)
    // A file with zero bytes is a picture or the like.
    return text.includes('\0') ? [] : find(text).map((found) => `${path}: ${found}`)
  })
}
