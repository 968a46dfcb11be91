// One answer of the storyteller. What it has said so far is kept by the hub: turboTextFrom() in the view writes it.
import { randomUUID } from 'node:crypto'
import { broadcastPrependTo, broadcastReplaceTo } from 'turbo-cable'

/** Name → what the page calls it. */
export const questions = {
  tides: 'Why are there tides?',
  lighthouse: 'Tell me of a lighthouse',
  languages: 'Say hello in ten languages',
}

// A real app has a table of them.
const answers = new Map()
const most = 200

export class Answer {
  constructor(visitor, question) {
    Object.assign(this, { id: randomUUID(), visitor, question, state: 'running', stop: new AbortController() })
  }

  static find(id, visitor) {
    const found = answers.get(id)
    return found?.visitor === visitor ? found : undefined
  }

  /** The visitor's last five, newest first. */
  static recent(visitor) {
    return [...answers.values()]
      .filter((answer) => answer.visitor === visitor)
      .reverse()
      .slice(0, 5)
  }

  static async create(visitor, question) {
    const answer = new Answer(visitor, question)
    answers.set(answer.id, answer)
    if (answers.size > most) answers.delete(answers.keys().next().value)
    await broadcastPrependTo(answersStream(visitor), {
      target: 'answers',
      partial: 'answers/answer',
      locals: { answer },
    })
    return answer
  }

  get title() {
    return questions[this.question]
  }

  get stream() {
    return ['answer', this.id]
  }

  /** In words: "writing", "written: 512 characters", "stopped after 80 characters", "failed". */
  get ending() {
    if (this.state === 'running') return 'writing'
    if (this.state === 'failed') return 'failed'
    return this.state === 'done'
      ? `written: ${this.characters} characters`
      : `stopped after ${this.characters} characters`
  }

  /** Comes after the last of the text, as it is sent to the same stream after it. */
  async finish({ state, characters }) {
    Object.assign(this, { state, characters })
    const locals = { answer: this }
    await broadcastReplaceTo(this.stream, { target: 'answer_state', partial: 'answers/state', locals })
    await broadcastReplaceTo(answersStream(this.visitor), {
      target: `answer_${this.id}`,
      partial: 'answers/answer',
      locals,
    })
  }
}

/** The stream of a visitor's own list. */
export const answersStream = (visitor) => `answers_${visitor}`
