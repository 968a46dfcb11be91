// Pattern 5, command output: what a child process prints, as it prints it.
import { Router } from 'express'
import { execute } from '../jobs/command.mjs'
import { CommandRun, commands, listStream } from '../models/command-run.mjs'

export function commandRuns(jobs) {
  CommandRun.interrupt()
  const router = Router()

  router.get('/', (req, res) => {
    page(req, res, CommandRun.recent(req.visitor)[0])
  })

  router.get('/:id', (req, res, next) => {
    const run = CommandRun.find(req.params.id, req.visitor)
    if (run) page(req, res, run)
    else next()
  })

  router.post('/', async (req, res) => {
    const command = req.body?.command
    if (!Object.hasOwn(commands, command)) return res.status(422).type('text/plain').send('There is no such command')
    const run = await CommandRun.create(req.visitor, command)
    jobs.start(() => execute(run, jobs))
    res.redirect(303, `/commands/${run.id}`)
  })
  return router
}

function page(req, res, run) {
  const list = { stream: listStream(req.visitor), runs: CommandRun.recent(req.visitor) }
  res.render('command_runs/index', { commands, run, list })
}
