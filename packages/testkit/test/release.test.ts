import { describe, expect, it } from 'vitest'
import { nextVersion, releasedChangelog, releasedManifest } from '../../../scripts/release.js'

describe('a release', () => {
  it.each([
    ['0.1.9', 'patch', '0.1.10'],
    ['0.1.9', 'minor', '0.2.0'],
    ['1.2.3-rc.1', 'major', '2.0.0'],
    ['0.1.0', '0.2.0-beta.1', '0.2.0-beta.1'],
  ])('%s, %s: %s', (current, step, expected) => {
    expect(nextVersion(current, step)).toBe(expected)
  })

  it('refuses a step that is none', () => {
    expect(() => nextVersion('0.1.0', 'big')).toThrow(
      'Write major, minor, patch or a version such as 1.2.3, not "big".',
    )
  })

  it('dates what was unreleased and keeps an empty section for what comes', () => {
    const text = '# Changelog\n\n## Unreleased\n\n### Added\n- A thing.\n\n## 0.1.0 – 2026-01-01\n- The first.\n'
    expect(releasedChangelog(text, '0.2.0', '2026-12-01')).toBe(
      '# Changelog\n\n## Unreleased\n\n## 0.2.0 – 2026-12-01\n\n### Added\n- A thing.\n\n## 0.1.0 – 2026-01-01\n- The first.\n',
    )
  })

  it('refuses a changelog that says nothing, or knows the version already', () => {
    expect(() => releasedChangelog('# Changelog\n', '0.2.0', 'x')).toThrow('has no section')
    expect(() => releasedChangelog('## Unreleased\n\n## 0.1.0 – x\n- The first.\n', '0.2.0', 'x')).toThrow(
      'no unreleased',
    )
    const again = '## Unreleased\n- A thing.\n\n## 0.2.0 – x\n- The first.\n'
    expect(() => releasedChangelog(again, '0.2.0', 'x')).toThrow('has a section 0.2.0 already')
  })

  it('gives a package and those of ours that it needs one version', () => {
    const manifest = { name: 'a', version: '0.1.0', dependencies: { b: '0.1.0', other: '^1.0.0' } }
    expect(releasedManifest(manifest, new Set(['a', 'b']), '0.2.0')).toEqual({
      name: 'a',
      version: '0.2.0',
      dependencies: { b: '0.2.0', other: '^1.0.0' },
    })
  })
})
