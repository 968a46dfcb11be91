// Pattern 3, configuration update: progress as JSON, to all pages of one visitor.
import { Router } from 'express'
import { updateConfiguration } from '../jobs/config-update.mjs'
import { ConfigUpdate } from '../models/config-update.mjs'

export function configUpdates(jobs) {
  ConfigUpdate.interrupt()
  const router = Router()
  router.get('/', (req, res) => {
    res.render('config_updates/index', { update: ConfigUpdate.of(req.visitor) })
  })
  router.post('/', async (req, res) => {
    const update = ConfigUpdate.of(req.visitor)
    if (!update.running) {
      await update.report({ status: 'processing', progress: 0, message: 'Waiting for a worker…' })
      jobs.start(() => updateConfiguration(update, jobs))
    }
    res.redirect(303, '/config')
  })
  return router
}
