// Pattern 2, live scores: a list in which rows are added, changed and removed.
import { Router } from 'express'
import { Score } from '../models/score.mjs'

export function scores() {
  const router = Router()
  router.get('/', (_req, res) => list(res))

  router.post('/', async (req, res) => {
    const problem = Score.problem(req.body ?? {})
    if (problem) return list(res.status(422), { problem, draft: req.body })
    await Score.create(req.body)
    res.redirect(303, '/scores')
  })

  router.post('/:id', async (req, res) => {
    const score = Score.find(req.params.id)
    const changed = { couple: score?.couple, ...req.body }
    const problem = score ? Score.problem(changed) : 'Somebody has deleted this score.'
    if (problem) return list(res.status(score ? 422 : 404), { problem })
    await score.update(changed)
    res.redirect(303, '/scores')
  })

  router.post('/:id/delete', async (req, res) => {
    // Deleted by somebody else already: that is what was asked for.
    await Score.find(req.params.id)?.destroy()
    res.redirect(303, '/scores')
  })
  return router
}

function list(res, { problem, draft = {} } = {}) {
  res.render('scores/index', { scores: Score.all(), problem, draft })
}
