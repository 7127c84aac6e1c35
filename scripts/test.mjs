// The test command: types, lint, unit tests in Node and in a real Chromium, then many tabs end to end.
// Every part runs even when an earlier one failed; the last line adds up what they counted.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { requireChromium } from '@gossamer/tools/chromium'

const reports = mkdtempSync(join(tmpdir(), 'gossamer-tests-'))
const bin = (name) => join('node_modules', '.bin', name)

/** Runs a command with its output on the screen; whether it exited with 0. */
function run(title, command, args, options = {}) {
  console.log(`\n== ${title}`)
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options })
  if (error !== undefined) console.error(error.message)
  return status === 0
}

const asOne = (passed) => ({ passed: passed ? 1 : 0, failed: passed ? 0 : 1 })

/** What a JSON report says; a part that failed without a failed test (it never began) counts as one failure. */
function counted(file, ok, read) {
  try {
    const { passed, failed } = read(JSON.parse(readFileSync(file, 'utf8')))
    return { passed, failed: ok || failed > 0 ? failed : 1 }
  } catch (error) {
    console.error(`No report: ${error.message}`)
    return { passed: 0, failed: 1 }
  }
}

const ofVitest = ({ numPassedTests, numFailedTests, numFailedTestSuites }) => ({
  passed: numPassedTests,
  failed: Math.max(numFailedTests, numFailedTestSuites > 0 ? 1 : 0),
})

const ofPlaywright = ({ stats }) => ({
  passed: stats.expected + stats.flaky,
  failed: stats.unexpected,
})

function vitest(project) {
  const file = join(reports, `${project}.json`)
  const args = [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]
  return counted(file, run(`Tests: ${project}`, bin('vitest'), args), ofVitest)
}

function playwright() {
  const file = join(reports, 'e2e.json')
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: file }
  const args = ['test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json']
  return counted(file, run('Tests: many tabs', bin('playwright'), args, { env }), ofPlaywright)
}

process.env.CHROMIUM_PATH = requireChromium()
const types = asOne(run('Types', bin('tsc'), ['-b']))
const lint = asOne(run('Lint', bin('biome'), ['check', '--error-on-warnings', '.']))
const build = asOne(run('Build', 'npm', ['run', '--silent', 'build', '-w', '@gossamer/web']))
const parts = [types, lint, build, vitest('node'), vitest('browser'), playwright()]
rmSync(reports, { recursive: true, force: true })

const passed = parts.reduce((sum, part) => sum + part.passed, 0)
const failed = parts.reduce((sum, part) => sum + part.failed, 0)
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
