// +1 from a form.
import { Router } from 'express'
import { Counter } from '../models/counter.mjs'

export function counter() {
  const router = Router()
  router.post('/', async (_req, res) => {
    await Counter.increment()
    res.redirect(303, '/')
  })
  return router
}
