/** `npm run test:long`: what is too long for every change; each file of this folder by itself, one after the other. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const folder = import.meta.dirname
const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'run.ts')
const failed = files.filter((name) => {
  console.log(`# ${name}`)
  return spawnSync(process.execPath, ['--import=tsx', join(folder, name)], { stdio: 'inherit' }).status !== 0
})
console.log(failed.length === 0 ? '# all passed' : `# failed: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1
