import { describeEvent } from '../../timeline/describe-event.ts'
import type { Message } from './body-format.ts'

const maxLines = 20

/** The message as lines for people, cut off where the chat would refuse it. */
export function sentencesOf({ events, webhook }: Message, maxBytes: number): string {
  const { language, name } = webhook
  if (events.length === 0) {
    return language === 'zh' ? `Waypost 测试消息：${name}` : `Waypost: this is a test of the webhook ${name}.`
  }
  const lines: string[] = []
  let bytes = 0
  for (const event of events) {
    const line = `${event.at.slice(11, 19)}Z ${describeEvent(event, language)}`
    bytes += Buffer.byteLength(line) + 1
    // Room is left for the line below.
    if (lines.length === maxLines || bytes > maxBytes - 60) break
    lines.push(line)
  }
  const rest = events.length - lines.length
  if (rest > 0) lines.push(language === 'zh' ? `……另有 ${rest} 条事件` : `… and ${rest} more events`)
  return [titleOf(events.length, language), ...lines].join('\n')
}

function titleOf(count: number, language: 'en' | 'zh'): string {
  if (language === 'zh') return `Waypost：${count} 条事件`
  return count === 1 ? 'Waypost' : `Waypost: ${count} events`
}
