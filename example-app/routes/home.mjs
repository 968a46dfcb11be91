// The first page: the counter, and the way to the eight patterns.
import { Router } from 'express'
import { Counter } from '../models/counter.mjs'

export function home() {
  const router = Router()
  router.get('/', async (req, res) => {
    res.render('home/index', { counter: await Counter.current(), host: req.get('host'), port: req.socket.localPort })
  })
  return router
}
