import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CronTimes } from './cron-times.ts'
import { TimeZone } from './time-zone.ts'

function times(pattern: string, zone: string, from: string, count: number): string[] {
  const cron = new CronTimes(pattern, zone)
  const found: string[] = []
  let at = Date.parse(from)
  for (let index = 0; index < count; index++) {
    at = cron.next(at) ?? Number.NaN
    found.push(new Date(at).toISOString().replace(':00.000Z', 'Z'))
  }
  return found
}

describe('the times of a cron pattern', () => {
  test('a time that the clocks leave out in spring runs an hour later', () => {
    expect(times('30 2 * * *', 'Europe/Berlin', '2026-03-28T00:00:00Z', 3)).toEqual([
      '2026-03-28T01:30Z',
      '2026-03-29T01:30Z',
      '2026-03-30T00:30Z',
    ])
  })

  test('a time that comes twice in autumn runs once', () => {
    expect(times('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 3)).toEqual([
      '2026-10-25T00:30Z',
      '2026-10-26T01:30Z',
      '2026-10-27T01:30Z',
    ])
  })

  test('what runs in every hour runs in each hour that there is, both ways', () => {
    expect(times('*/30 * * * *', 'Europe/Berlin', '2026-10-24T23:50:00Z', 6)).toEqual([
      '2026-10-25T00:00Z',
      '2026-10-25T00:30Z',
      '2026-10-25T01:00Z',
      '2026-10-25T01:30Z',
      '2026-10-25T02:00Z',
      '2026-10-25T02:30Z',
    ])
    expect(times('0 * * * *', 'Europe/Berlin', '2026-03-28T23:30:00Z', 4)).toEqual([
      '2026-03-29T00:00Z',
      '2026-03-29T01:00Z',
      '2026-03-29T02:00Z',
      '2026-03-29T03:00Z',
    ])
  })

  test('a change of half an hour', () => {
    // Lord Howe Island sets its clocks back by 30 minutes at 02:00 on the first Sunday in April.
    expect(times('*/15 * * * *', 'Australia/Lord_Howe', '2026-04-04T14:29:00Z', 4)).toEqual([
      '2026-04-04T14:30Z',
      '2026-04-04T14:45Z',
      '2026-04-04T15:00Z',
      '2026-04-04T15:15Z',
    ])
  })

  test('a leap day comes every four years, and not in 2100', () => {
    expect(times('0 0 29 2 *', 'UTC', '2026-01-01T00:00:00Z', 2)).toEqual(['2028-02-29T00:00Z', '2032-02-29T00:00Z'])
    expect(times('0 0 29 2 *', 'Asia/Shanghai', '2096-03-01T00:00:00Z', 1)).toEqual(['2104-02-28T16:00Z'])
  })

  test('seconds, and zones ahead and behind', () => {
    expect(times('*/20 * * * * *', 'UTC', '2026-01-01T00:00:05Z', 2)).toEqual([
      '2026-01-01T00:00:20.000Z',
      '2026-01-01T00:00:40.000Z',
    ])
    expect(times('0 3 * * *', 'Asia/Shanghai', '2026-01-01T00:00:00Z', 1)).toEqual(['2026-01-01T19:00Z'])
    expect(times('0 3 * * *', 'America/New_York', '2026-07-01T00:00:00Z', 1)).toEqual(['2026-07-01T07:00Z'])
  })

  test('what is wrong is said', () => {
    expect(() => new CronTimes('61 * * * *')).toThrow(
      'The cron pattern "61 * * * *" is not valid: Invalid value for minute: 61',
    )
    expect(() => new CronTimes('2027-01-01T00:00:00')).toThrow('is not valid')
    expect(() => new CronTimes('* * * * *', 'Mars/Base')).toThrow('There is no time zone "Mars/Base"')
  })

  test('times rise, and each shows the hour and minute that was asked for unless the clocks left it out', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Shanghai', 'UTC']
    const start = Date.UTC(2026, 0, 1)
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 23 }),
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: 0, max: 365 * 24 * 60 }),
        (zoneName, hour, minute, startMinute) => {
          const cron = new CronTimes(`${minute} ${hour} * * *`, zoneName)
          const zone = new TimeZone(zoneName)
          let at = start + startMinute * 60_000
          for (let index = 0; index < 5; index++) {
            const next = cron.next(at) ?? Number.NaN
            expect(next).toBeGreaterThan(at)
            expect(next - at).toBeLessThanOrEqual(25.5 * 3_600_000)
            const wall = new Date(next + zone.offsetMs(next))
            const isAsked = wall.getUTCHours() === hour && wall.getUTCMinutes() === minute
            if (!isAsked) {
              const day = Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate(), hour, minute)
              expect(zone.instantsOf(day).instants).toEqual([])
            }
            at = next
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})
