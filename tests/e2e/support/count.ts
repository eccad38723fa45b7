// One line at the end that a runner can count: `e2e: 21 cases, 21 passed, 0 failed, 0 skipped`.

import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter'

export default class Count implements Reporter {
  readonly #outcomes = new Map<string, TestResult['status']>()

  onTestEnd(test: TestCase, result: TestResult): void {
    this.#outcomes.set(test.id, result.status)
  }

  onEnd(): void {
    const all = [...this.#outcomes.values()]
    const passed = all.filter((status) => status === 'passed').length
    const skipped = all.filter((status) => status === 'skipped').length
    const failed = all.length - passed - skipped
    console.log(`e2e: ${all.length} cases, ${passed} passed, ${failed} failed, ${skipped} skipped`)
  }
}
