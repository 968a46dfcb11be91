// Pattern 8, words: a text that grows in every tab that has it open, and whole in one that comes late.
import { Router } from 'express'
import { write } from '../jobs/words.mjs'
import { Answer, answersStream, questions } from '../models/answer.mjs'

export function words(jobs) {
  const router = Router()

  router.get('/', (req, res) => {
    page(req, res, undefined)
  })
  router.get('/:id', (req, res, next) => {
    const answer = Answer.find(req.params.id, req.visitor)
    if (answer) page(req, res, answer)
    else next()
  })
  router.post('/', async (req, res) => {
    const question = req.body?.question
    if (!Object.hasOwn(questions, question)) return res.status(422).type('text/plain').send('There is no such question')
    const answer = await Answer.create(req.visitor, question)
    jobs.start(() => write(answer, jobs))
    res.redirect(303, `/words/${answer.id}`)
  })
  router.post('/:id/stop', (req, res, next) => {
    const answer = Answer.find(req.params.id, req.visitor)
    if (!answer) return next()
    answer.stop.abort()
    res.redirect(303, `/words/${answer.id}`)
  })
  return router
}

function page(req, res, answer) {
  const list = { stream: answersStream(req.visitor), answers: Answer.recent(req.visitor) }
  res.render('answers/index', { questions, answer, list })
}
