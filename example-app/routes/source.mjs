// The files behind these pages, as text: there is nothing to look up elsewhere. Only what is listed at the start is read.
import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Router } from 'express'

const root = fileURLToPath(new URL('../..', import.meta.url))
const listed = (folder) =>
  readdirSync(join(root, folder), { recursive: true }).map((path) => `${folder}/${path.split(sep).join('/')}`)
const files = ['README.md', ...listed('docs'), ...listed('example-app')]
  .filter((path) => /\.(?:md|mjs|js|ejs|css)$/.test(path) && !path.includes('/data/'))
  .sort()

export function source() {
  const router = Router()
  router.get('/', (_req, res) => {
    res.render('source/index', { files })
  })
  router.get('/*path', async (req, res, next) => {
    const file = req.params.path.join('/')
    if (!files.includes(file)) return next()
    res.render('source/show', { file, text: await readFile(join(root, file), 'utf8') })
  })
  return router
}
