// Replay: what a page gets after it was cut off.
import { Router } from 'express'
import { cutOff, Numbers } from '../jobs/outage.mjs'
import { lastNumbers, outageOf, outageStream } from '../models/number.mjs'

export function replays(jobs, network) {
  const numbers = new Numbers(jobs)
  const router = Router()

  router.get('/', (req, res) => {
    const { visitor } = req
    res.render('replays/index', {
      numbers: lastNumbers(),
      outage: outageOf(visitor),
      stream: outageStream(visitor),
      seconds: Math.round((jobs.pace * 16) / 1000),
    })
  })
  router.post('/cut', (req, res) => {
    jobs.start(() => cutOff(req.visitor, { numbers, network, jobs }))
    res.redirect(303, '/replay')
  })
  return router
}
