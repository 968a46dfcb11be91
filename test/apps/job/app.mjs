import { spawn } from 'node:child_process'
import express from 'express'
import { turboCable } from 'turbo-cable'

export const app = express()
app.set('view engine', 'ejs')
app.use(turboCable(), express.urlencoded())

let last = 0
app.get('/', (_req, res) => res.render('index', { id: last + 1 }))

app.get('/imports/:id', (req, res) => res.render('import', { id: req.params.id }))

// The job is a process of its own, as a queue's worker would be.
app.post('/imports/:id', (req, res) => {
  last = Number(req.params.id)
  const TURBO_CABLE_BROADCAST_URL = `http://localhost:${req.socket.localPort}/_broadcast`
  const env = { ...process.env, TURBO_CABLE_BROADCAST_URL }
  spawn(process.execPath, ['worker.mjs', req.params.id, req.body.rows], { env, stdio: 'inherit' })
  res.redirect(`/imports/${last}`)
})
