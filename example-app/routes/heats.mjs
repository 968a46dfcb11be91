// Pattern 1, current heat: one panel, replaced as HTML.
import { Router } from 'express'
import { finishHeat, floor, restartHeats, startHeat } from '../models/heat.mjs'

export function heats() {
  const router = Router()
  router.get('/', (_req, res) => {
    res.render('heats/index', floor())
  })
  router.post('/restart', (_req, res) => {
    restartHeats()
    res.redirect(303, '/heats')
  })
  router.post('/:number/start', (req, res) => {
    startHeat(Number(req.params.number))
    res.redirect(303, '/heats')
  })
  router.post('/:number/finish', (req, res) => {
    finishHeat(Number(req.params.number))
    res.redirect(303, '/heats')
  })
  return router
}
