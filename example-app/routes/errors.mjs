// What is answered where nothing else answers.

export function missing(_req, res) {
  res.status(404).render('layout/error', { heading: 'There is no such page', advice: 'It may have been deleted.' })
}

export function failed(error, _req, res, next) {
  console.error(error)
  if (res.headersSent) return next(error)
  res.status(500).render('layout/error', { heading: 'Something went wrong', advice: 'The terminal says what.' })
}
