// Loaded into every test file's process: a file that is still running after its time ends with a failure that says so.
// The runner's own --test-timeout ends a test on newer Node, but not a process that something left alive.
export const FILE_TIMEOUT = 600_000

if (process.env.NODE_TEST_CONTEXT) {
  const timer = setTimeout(() => {
    process.stderr.write(`${process.argv[1]}: still running after ${FILE_TIMEOUT / 1000} s, so it was ended\n`)
    process.exit(1)
  }, FILE_TIMEOUT)
  timer.unref()
}
