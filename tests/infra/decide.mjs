// Reads IAM simulations as a JSON list, writes what @cloud-copilot/iam-simulate decides on each.
import { readFileSync } from 'node:fs'
import { runSimulation } from '@cloud-copilot/iam-simulate'

const decisions = []
for (const simulation of JSON.parse(readFileSync(0, 'utf8'))) {
  const result = await runSimulation(simulation, {})
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors))
  decisions.push(result.overallResult)
}
console.log(JSON.stringify(decisions))
