import { broadcastJson, broadcastReplaceLaterTo, broadcastStream, broadcastUpdateLaterTo } from 'turbo-cable'

/** Imports the rows by `save`, and tells the pages of this import how far it is: a line for each row, a bar, a sentence. */
export async function importRows(id, rows, save) {
  const stream = ['import', id]
  broadcastUpdateLaterTo(stream, { target: 'status', text: `Importing ${rows.length} rows` })
  await broadcastStream(stream, lines(stream, rows, save), { target: 'log', every: 0 })
  broadcastReplaceLaterTo(stream, { target: 'summary', partial: 'imports/summary', locals: { count: rows.length } })
  broadcastUpdateLaterTo(stream, { target: 'status', text: 'Done' })
}

async function* lines(stream, rows, save) {
  for (const [index, row] of rows.entries()) {
    await save(row)
    yield `imported <${row}>\n`
    await broadcastJson(stream, { progress: Math.round((100 * (index + 1)) / rows.length) })
  }
}
